import * as fs from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findForeignDirectory } from './foreign-directory.ts';
import { writeOwnFile } from './own-files.ts';
import { stopOrphans } from './orphans.ts';
import { canEnter, removeTheirs, serviceUser, type ServiceUser } from './service-user.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/**
 * An expected error that stops a local run. Its message has one line for each problem, with what to do. It is printed without a
 * stack.
 */
export class LocalRunError extends Error {
  override readonly name = 'LocalRunError';
}

export type DataDir = {
  /** Absolute path without links. */
  path: string;
  /** Directory of the services' sockets: `sockets` in the data directory if its path is short enough and accessible. */
  socketDir: string;
  /** The user that runs PostgreSQL; undefined for the user of this process. */
  user: ServiceUser | undefined;
  /** Releases the directory. The services must have stopped. Further calls await the first. */
  close: () => Promise<void>;
};

/** The kernel's limit: 107 bytes on Linux, 103 on macOS. */
const MAX_SOCKET_PATH_BYTES = 103;
const LONGEST_SOCKET = '/postgres/.s.PGSQL.5432';
export const LOCK_FILE = 'belfry.lock';
const PID_FILE = 'belfry.pid';
const SQLITE_BUSY = 5;

/**
 * Creates or opens the directory of a local run's data, and locks it for this process. If an earlier Belfry was killed, it stops
 * the services that this Belfry left running there.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const wanted = resolve(path);
  const user = serviceUser();
  try {
    const absolute = await createDirectory(wanted, user);
    const unlock = await lock(absolute, path);
    try {
      await stopOrphans(absolute);
      const socketDir = await createSocketDir(absolute, user);
      const watchdog = startWatchdog(absolute);
      const close = makeClose({ path: absolute, user }, { watchdog, unlock });
      return { path: absolute, socketDir, user, close };
    } catch (error) {
      unlock();
      throw error;
    }
  } catch (error) {
    if (error instanceof LocalRunError || !(error instanceof Error && 'code' in error)) throw error;
    throw new LocalRunError(`cannot use the data directory ${path}: ${error.message}; set BELFRY_DATA_DIR`, {
      cause: error,
    });
  }
}

/**
 * Creates the directory. Only our user may access it; under root, PostgreSQL's user may also pass through it. Permissions change
 * only on a directory that is new, empty or already a data directory, because BELFRY_DATA_DIR may name a shared directory.
 */
async function createDirectory(wanted: string, user: ServiceUser | undefined): Promise<string> {
  await fs.mkdir(dirname(wanted), { recursive: true });
  await fs.mkdir(wanted, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const path = await fs.realpath(wanted);
  const { uid, mode } = await fs.stat(path);
  if (uid !== process.getuid?.()) {
    throw new LocalRunError(
      `the data directory ${wanted} belongs to user ${uid}; run as that user, or set BELFRY_DATA_DIR`,
    );
  }
  const foreign = await findForeignDirectory(dirname(path));
  if (foreign !== undefined) {
    throw new LocalRunError(
      `the data directory ${wanted} is below ${foreign}; under root, no other user may be able to replace it: set BELFRY_DATA_DIR`,
    );
  }
  const entries = await fs.readdir(path);
  const isOpen = (mode & 0o002) !== 0 || (user !== undefined && (mode & 0o020) !== 0);
  if (isOpen && entries.length > 0) {
    throw new LocalRunError(
      `other users may write in the data directory ${wanted}; remove that right with chmod go-w, or set BELFRY_DATA_DIR`,
    );
  }
  if (entries.length === 0 || entries.includes(LOCK_FILE)) await restrict(path, user);
  return path;
}

async function restrict(path: string, user: ServiceUser | undefined): Promise<void> {
  if (user !== undefined) await fs.chown(path, 0, user.gid);
  await fs.chmod(path, user === undefined ? 0o700 : 0o710);
}

/**
 * Locks the directory with a SQLite transaction, which is a lock of the kernel. It always ends with its process, so there are no
 * stale locks, and a reused pid cannot be mistaken for the holder. The pid file is only for the error message.
 */
async function lock(path: string, shownPath: string): Promise<() => void> {
  const database = new DatabaseSync(join(path, LOCK_FILE));
  try {
    database.exec('pragma journal_mode = memory');
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)) throw error;
    const pid = await fs.readFile(join(path, PID_FILE), 'utf8').catch(() => '');
    const holder = pid === '' ? 'another process' : `process ${pid.trim()}`;
    throw new LocalRunError(
      `the data directory ${shownPath} is in use by ${holder}; stop it, or set BELFRY_DATA_DIR`,
      { cause: error },
    );
  }
  await writeOwnFile(join(path, PID_FILE), `${process.pid}\n`);
  return () => database.close();
}

/**
 * Creates the directory of the sockets. It is in the data directory if the path is short enough and PostgreSQL's user can enter
 * it. Otherwise it is in /tmp, and `sockets` is a link to it.
 */
async function createSocketDir(path: string, user: ServiceUser | undefined): Promise<string> {
  await removeSocketDir(path, user);
  const inside = join(path, 'sockets');
  const isShort = Buffer.byteLength(inside + LONGEST_SOCKET) <= MAX_SOCKET_PATH_BYTES;
  if (isShort && canEnter(path, user)) {
    await fs.mkdir(inside, { mode: 0o700 });
    await restrict(inside, user);
    return inside;
  }
  const outside = await fs.mkdtemp('/tmp/belfry-');
  await restrict(outside, user);
  await fs.symlink(outside, inside);
  return outside;
}

async function removeSocketDir(path: string, user: ServiceUser | undefined): Promise<void> {
  const inside = join(path, 'sockets');
  const outside = await fs.readlink(inside).catch(() => undefined);
  const directory = outside ?? inside;
  if (await isOurs(directory)) {
    // PostgreSQL's directory belongs to its user; the rest is ours.
    await removeTheirs(join(directory, 'postgres'), user);
    await fs.rm(directory, { recursive: true, force: true });
  }
  await fs.rm(inside, { force: true });
}

/** Returns true if our user owns the directory. After a restart of the machine, another user may own this name in /tmp. */
async function isOurs(directory: string): Promise<boolean> {
  const found = await fs.lstat(directory).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function makeClose(
  { path, user }: Pick<DataDir, 'path' | 'user'>,
  { watchdog, unlock }: { watchdog: Watchdog; unlock: () => void },
): () => Promise<void> {
  const close = async (): Promise<void> => {
    await watchdog.stop();
    await removeSocketDir(path, user);
  };
  // Runs only once: a second call could remove the sockets of the next run.
  let closing: Promise<void> | undefined;
  return () => (closing ??= close().finally(unlock));
}
