import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file whole or not at all, whenever we are killed. Follows no link: neither one in the file's place, which is
 * replaced, nor one that waits where the unfinished file goes.
 */
export async function writeOwnFile(path: string, text: string, mode = 0o600): Promise<void> {
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { mode, flag: 'wx' });
  await rename(unfinished, path);
}
