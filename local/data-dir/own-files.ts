import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file completely or not at all, even if the process is killed. It follows no link: it replaces a link at the path, and
 * removes a link at the path of the unfinished file.
 */
export async function writeOwnFile(path: string, text: string, mode = 0o600): Promise<void> {
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { mode, flag: 'wx' });
  await rename(unfinished, path);
}
