// Lists the licences of every package that Belfry depends on, in docs/licences.md.
//   npm run licences                writes the page
//   npm run licences -- --check     writes nothing; exits 1 when the page is out of date
// Both exit with 1 when a licence is not allowed.
// `npm sbom` and license-checker tell runtime from development by package.json. Here esbuild tells what is in a bundle, which is
// what we pass on, and each of those packages needs a purpose. Only the reading of package-lock.json (30 lines) would be saved.
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
