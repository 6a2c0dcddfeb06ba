import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { packZones } from './pack-zones.ts';
import { readTzif } from './read-tzif.ts';

const FIND_PACKAGE =
  'import json, tzdata; print(json.dumps({"version": tzdata.IANA_VERSION, "path": tzdata.__path__[0]}))';
const packageSchema = z.object({ version: z.string().regex(/^\d{4}[a-z]+$/), path: z.string() });

/** The database's placeholder for a clock that was never set. */
const NO_ZONE = 'Factory';

/**
 * Names that the database no longer has, but that jobs may have. It dropped this one in 2020, because it has too many
 * letters. CLDR still has it.
 */
const droppedNames = new Map([['Canada/East-Saskatchewan', 'America/Regina']]);

/** Returns the text of lib/domain/schedule/zone-data.ts, from the package tzdata of a Python. */
export function compileZones(python: string): string {
  const found = execFileSync(python, ['-c', FIND_PACKAGE], { encoding: 'utf8' });
  const { version, path } = packageSchema.parse(JSON.parse(found));
  const names = readFileSync(join(path, 'zones'), 'utf8').trim().split('\n');
  const read = (name: string) => readTzif(readFileSync(join(path, 'zoneinfo', ...name.split('/'))));
  const zones = new Map(names.filter((name) => name !== NO_ZONE).map((name) => [name, read(name)]));
  for (const [name, of] of droppedNames) if (!zones.has(name)) zones.set(name, read(of));
  const sorted = new Map([...zones].sort(([one], [other]) => (one < other ? -1 : 1)));
  return [
    '// Generated from the package tzdata by `npm run zones`, in scripts/zones. Change that, not this.',
    '// The database is in the public domain. A line is `names|offsets|changes|rule`; unpack-zone.ts says what they mean.',
    '',
    `export const zoneDataVersion = '${version}';`,
    '',
    'export const packedZones: readonly string[] = [',
    ...packZones(sorted).map((line) => `  '${line}',`),
    '];',
    '',
  ].join('\n');
}
