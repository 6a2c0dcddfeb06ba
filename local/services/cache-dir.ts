import { access, constants, mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DataDir } from '../data-dir/data-dir.ts';
import { findForeignDirectory } from '../data-dir/foreign-directory.ts';

/**
 * Opens the directory of files that data directories share, such as a downloaded Redis: the user's cache directory, or the data
 * directory if there is no home.
 */
export async function openCacheDir(dataDir: Pick<DataDir, 'path'>): Promise<string> {
  const cacheHome = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  for (const path of [join(cacheHome, 'belfry'), join(dataDir.path, 'cache')]) {
    try {
      await mkdir(path, { recursive: true });
      await access(path, constants.W_OK | constants.X_OK);
      // Root must not run programs that another user could have put there.
      if ((await findForeignDirectory(await realpath(path))) === undefined) return path;
    } catch {
      // A home that does not exist or cannot be written is common for service users and in containers.
    }
  }
  return dataDir.path;
}

/** Opens a directory that PostgreSQL's user can reach, unlike root's own folders. */
export async function openOpenDir(): Promise<string> {
  const path = '/var/lib/belfry';
  await mkdir(path, { recursive: true, mode: 0o711 });
  return path;
}
