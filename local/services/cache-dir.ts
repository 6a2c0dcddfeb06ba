import { access, constants, mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DataDir } from '../data-dir.ts';
import { findForeignDirectory } from '../foreign-directory.ts';

/** What data directories share, such as a downloaded Redis: the user's cache, or without a home the data directory. */
export async function openCacheDir(dataDir: Pick<DataDir, 'path'>): Promise<string> {
  const cacheHome = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  for (const path of [join(cacheHome, 'belfry'), join(dataDir.path, 'cache')]) {
    try {
      await mkdir(path, { recursive: true });
      await access(path, constants.W_OK | constants.X_OK);
      // Root would run what somebody else has put there.
      if ((await findForeignDirectory(await realpath(path))) === undefined) return path;
    } catch {
      // A home that does not exist or cannot be written is common for service users and in containers.
    }
  }
  return dataDir.path;
}

/** Where files go that PostgreSQL's user must reach while root's own folders are closed to it. */
export async function openOpenDir(): Promise<string> {
  const path = '/var/lib/belfry';
  await mkdir(path, { recursive: true, mode: 0o711 });
  return path;
}
