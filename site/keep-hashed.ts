import { readdir, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isHashed } from '../lib/page-files.ts';

/** Deletes all built files without a hash in their names. */
export async function keepHashed(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, sep).length));
  const others = names.filter((name) => !isHashed(name.replaceAll(sep, '/')));
  await Promise.all(others.map((name) => rm(join(directory, name))));
}
