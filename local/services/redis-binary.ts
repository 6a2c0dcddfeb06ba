import { execFile } from 'node:child_process';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DataDir, LocalRunError } from '../data-dir/data-dir.ts';
import { openCacheDir } from './cache-dir.ts';
import { downloadRedis } from './redis-download.ts';

export type RedisBinary = { command: string; env: Record<string, string> };

const names = ['valkey-server', 'redis-server'];
const OLDEST_MAJOR = 7;

/** Finds a server: the one on the machine, otherwise a copy that an earlier run downloaded, otherwise a new download. */
export async function findRedis(dataDir: DataDir, report: (line: string) => void): Promise<RedisBinary> {
  for (const name of names) {
    const binary = { command: name, env: { PATH: process.env['PATH'] ?? '' } };
    if (await isRecent(binary)) return binary;
  }
  const copy = join(await openCacheDir(dataDir), `redis-${process.platform}-${process.arch}`);
  const kept = await findUnpacked(copy);
  if (kept !== undefined) return kept;
  try {
    report(`there is no Redis 7 or newer on the PATH; downloading one to ${copy}, once`);
    await downloadRedis(copy, async (directory) => (await findUnpacked(directory)) !== undefined);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LocalRunError(
      `no Redis or Valkey, 7 or newer: install valkey-server or redis-server, or set REDIS_URL (${reason})`,
      { cause: error },
    );
  }
  const downloaded = await findUnpacked(copy);
  if (downloaded === undefined) throw new LocalRunError(`the downloaded Redis in ${copy} does not run`);
  return downloaded;
}

/** Finds a server and its libraries in a directory with unpacked Debian packages. */
async function findUnpacked(directory: string): Promise<RedisBinary | undefined> {
  const folders = await readdir(join(directory, 'usr', 'lib')).catch(() => []);
  const libraries = folders.flatMap((folder) => [
    join(directory, 'usr', 'lib', folder),
    join(directory, 'lib', folder),
  ]);
  for (const name of names) {
    const binary = {
      command: join(directory, 'usr', 'bin', name),
      env: { LD_LIBRARY_PATH: libraries.join(':') },
    };
    const exists = await access(binary.command).then(
      () => true,
      () => false,
    );
    if (exists && (await isRecent(binary))) return binary;
  }
  return undefined;
}

/** Returns true if the version is recent. `--version` prints "Redis server v=7.0.15 …" or "Valkey server v=8.1.1 …". */
async function isRecent({ command, env }: RedisBinary): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(command, ['--version'], { env, cwd: '/', timeout: 10_000 });
    return Number(/ v=(\d+)\./.exec(stdout)?.[1]) >= OLDEST_MAJOR;
  } catch {
    return false;
  }
}
