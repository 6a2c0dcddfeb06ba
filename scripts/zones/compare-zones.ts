import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { isTimeZone, spanAt } from '../../lib/domain/schedule/time-zone.ts';

const FROM_MS = Date.UTC(1970, 0);
const TO_MS = Date.UTC(2101, 0);
const MAX_OUTPUT_BYTES = 256 * 1_048_576;

const changesSchema = z.object({
  first: z.number(),
  changes: z.array(z.tuple([z.number(), z.number()])),
});
const answerSchema = z.object({
  version: z.string(),
  names: z.array(z.string()),
  zones: z.record(z.string(), changesSchema.nullable()),
});

export type ZoneComparison = { version: string; zones: number; changes: number; differences: string[] };

/** Compares every offset of every zone, from 1970 to 2100, with zoneinfo of a Python that has the package tzdata. */
export function compareZones(python: string): ZoneComparison {
  const listed = ask(python, []);
  const names = listed.names.filter((name) => name !== 'Factory');
  const { version, zones } = ask(python, names);
  const differences = names.flatMap((name) => {
    const expected = zones[name];
    if (expected === undefined || expected === null) return [`${name}: zoneinfo does not know it`];
    if (!isTimeZone(name)) return [`${name}: Belfry does not know it`];
    const found = changesOf(name);
    const at = found.findIndex((change, index) => change !== expected.changes[index]?.join(' '));
    const first = spanAt(name, FROM_MS).offsetMs / 1_000;
    if (first !== expected.first) return [`${name}: ${first} in 1970, not ${expected.first}`];
    if (at < 0 && found.length === expected.changes.length) return [];
    const index = at < 0 ? found.length : at;
    const [ours = 'none', theirs = 'none'] = [found[index], expected.changes[index]?.join(' ')];
    return [`${name}: change ${index + 1} since 1970 is ${ours}, not ${theirs}`];
  });
  const changes = Object.values(zones).reduce((sum, zone) => sum + (zone?.changes.length ?? 0), 0);
  return { version, zones: names.length, changes, differences };
}

function ask(python: string, names: readonly string[]): z.infer<typeof answerSchema> {
  const script = join(import.meta.dirname, 'list-changes.py');
  const output = execFileSync(python, [script, `${FROM_MS / 1_000}`, `${TO_MS / 1_000}`], {
    input: names.join('\n'),
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return answerSchema.parse(JSON.parse(output));
}

/** Each as `seconds since 1970, offset in seconds`. */
function changesOf(name: string): string[] {
  const found: string[] = [];
  let span = spanAt(name, FROM_MS);
  while (span.endMs < TO_MS) {
    const next = spanAt(name, span.endMs);
    if (next.offsetMs !== span.offsetMs) found.push(`${next.startMs / 1_000} ${next.offsetMs / 1_000}`);
    span = next;
  }
  return found;
}
