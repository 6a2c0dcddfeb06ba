import { access, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCK_FILE, openDataDir } from '../../local/data-dir/data-dir.ts';

/**
 * Removes the temporary directories of this prefix, and stops their services, that a killed run left behind. A run that
 * continues holds the lock of its directory.
 */
export async function removeAbandoned(prefix: string, root = tmpdir()): Promise<void> {
  const names = (await readdir(root)).filter((name) => name.startsWith(prefix));
  for (const directory of names.map((name) => join(root, name))) {
    try {
      await access(join(directory, LOCK_FILE));
      await (await openDataDir(directory)).close();
      await rm(directory, { recursive: true, force: true });
    } catch {
      // The directory belongs to another user, or is in use.
    }
  }
}
