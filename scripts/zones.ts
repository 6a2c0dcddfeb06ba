// Compiles the IANA time zone database into lib/domain/schedule/zone-data.ts, from the package tzdata of PyPI, which
// CPython's developers keep. Needs python3 (3.10 or newer) with venv and pip.
//   npm run zones               writes the module, from the version that scripts/support/tzdata-requirements.txt names
//   npm run zones -- --check    writes nothing; exits 1 when the module is not of that version, or when the newest version has
//                               other offsets anywhere from 1970 to 2100
//   … --if-possible             says so and ends well where Python or the package index is not there
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotInstallError, installPython } from './support/install-python.ts';
import { compareZones } from './zones/compare-zones.ts';
import { compileZones } from './zones/compile-zones.ts';

const target = 'lib/domain/schedule/zone-data.ts';
const targetPath = join(import.meta.dirname, '..', target);
const pinned = join(import.meta.dirname, 'support', 'tzdata-requirements.txt');
const MAX_LISTED = 20;

async function install(directory: string, requirements: string): Promise<string> {
  const options = { requirements, cacheDir: directory, report: console.log };
  return (await installPython('tzdata', options)).python;
}

async function check(directory: string): Promise<boolean> {
  const compiled = compileZones(await install(directory, pinned));
  const isCurrent = (await readFile(targetPath, 'utf8')).replaceAll('\r\n', '\n') === compiled;
  if (!isCurrent) console.error(`${target} is out of date: run \`npm run zones\``);

  const newest = join(directory, 'newest.txt');
  await writeFile(newest, 'tzdata\n');
  const { version, zones, changes, differences } = compareZones(await install(directory, newest));
  console.log(
    `zones: ${zones} time zones with ${changes} changes compared with tzdata ${version}, the newest: ` +
      `${differences.length} differ`,
  );
  for (const difference of differences.slice(0, MAX_LISTED)) console.error(difference);
  if (differences.length > 0) {
    console.error(`name the newest version in ${pinned}, and run \`npm run zones\``);
  }
  return isCurrent && differences.length === 0;
}

const directory = await mkdtemp(join(tmpdir(), 'belfry-zones-'));
try {
  if (process.argv.includes('--check')) process.exitCode = (await check(directory)) ? 0 : 1;
  else await writeFile(targetPath, compileZones(await install(directory, pinned)));
} catch (error) {
  if (!(error instanceof CannotInstallError)) throw error;
  console.error(`zones did not run: ${error.message}`);
  process.exitCode = process.argv.includes('--if-possible') ? 0 : 1;
} finally {
  await rm(directory, { recursive: true });
}
