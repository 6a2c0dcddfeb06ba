// Lists the licences of every package that Belfry depends on, in docs/licences.md.
//   npm run licences                writes the page
//   npm run licences -- --check     writes nothing; exits 1 when the page is out of date
// Both exit with 1 when a licence is not allowed.
//
// Why no tool does this: what we pass on is what esbuild puts in a bundle, and each of those packages needs a purpose.
// - `npm sbom`, license-checker-rseidelsohn 5.0, license-compliance 3.0, licensee 12.0 and generate-license-file 4.2 tell runtime
//   from development by package.json, which does not know the bundles. They would replace only the reading of package-lock.json (43 lines).
//   The second and the last bring 230 packages.
// - esbuild-plugin-license 1.2 lists the packages of one bundle. It checks no licence, sees no development package, and has had no
//   release since 2024. Tried in November 2026.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBundledPackages } from './licences/bundled-packages.ts';
import { readLock } from './licences/read-lock.ts';
import { writeLicencesPage } from './licences/write-page.ts';

const root = join(import.meta.dirname, '..');
const path = join(root, 'docs', 'licences.md');

const { text, faults } = writeLicencesPage(await readLock(root), await findBundledPackages(root));
if (process.argv.includes('--check')) {
  const stored = await readFile(path, 'utf8').catch(() => '');
  if (stored !== text) faults.push('docs/licences.md is out of date: run `npm run licences`');
} else {
  await writeFile(path, text);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
