import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Metafile } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** Writes the licences of the packages that are in a bundle for browsers: a copy of their code must come with them. */
export async function writeNotices(path: string, { inputs }: Metafile): Promise<void> {
  const packages = Object.keys(inputs).flatMap(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.split(sep).join('/'))?.[0] ?? [],
  );
  const notices = await Promise.all([...new Set(packages)].toSorted().map(readNotice));
  await writeFile(path, `${notices.join(`\n\n${'-'.repeat(79)}\n\n`)}\n`);
}

/** @throws Error if a package has no licence that could go with it. */
async function readNotice(folder: string): Promise<string> {
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const files = await readdir(join(ROOT, folder));
  const file = files.find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
  if (file === undefined) throw new Error(`${folder} has no licence that could be copied`);
  return `${name}\n\n${(await readFile(join(ROOT, folder, file), 'utf8')).trim()}`;
}
