import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, realpath, rename, rm, symlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DataDir, LocalRunError } from '../data-dir/data-dir.ts';
import { writeOwnFile } from '../data-dir/own-files.ts';
import { openOpenDir } from './cache-dir.ts';
import { canEnter, removeTheirs, runAs, type ServiceUser } from '../data-dir/service-user.ts';

type ClusterOptions = {
  dataDir: DataDir;
  bin: string;
  durable: boolean;
  report: (line: string) => void;
};

export type Cluster = {
  directory: string;
  hasCrashed: boolean;
  /** The files for `hba_file` and `ident_file`, which say who may connect. */
  accessFiles: { hba: string; ident: string };
};

/** Opens the directory of PostgreSQL's data, `postgres` in the data directory. The first run creates it. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const path = join(options.dataDir.path, 'postgres');
  const name = ourName();
  const existing = await realpath(path).catch(() => undefined);
  const directory = existing ?? (await createCluster(path, options));
  const accessFiles = await allowAlone(name, options.dataDir);
  return { directory, accessFiles, hasCrashed: disownPid(directory, options.dataDir.user) };
}

/**
 * Creates the cluster under another name and then renames it, so that a killed first run leaves no incomplete cluster. If
 * PostgreSQL's user cannot enter the data directory, the cluster is in /var/lib/belfry, and `postgres` is a link to it. After
 * the data directory has been removed, the next run creates a new cluster there too.
 */
async function createCluster(path: string, options: ClusterOptions): Promise<string> {
  const { dataDir, report } = options;
  if (canEnter(dataDir.path, dataDir.user)) {
    const unfinished = `${path}.new`;
    await removeTheirs(unfinished, dataDir.user);
    await mkdir(unfinished, { mode: 0o700 });
    await initdb(unfinished, options);
    await rename(unfinished, path);
    return path;
  }
  const elsewhere = await mkdtemp(join(await openOpenDir(), 'postgres-'));
  report(
    `PostgreSQL runs as the user "nobody", who cannot enter ${dataDir.path}; its data is in ${elsewhere}`,
  );
  try {
    await initdb(elsewhere, options);
    await rm(path, { force: true });
    await symlink(elsewhere, path);
  } catch (error) {
    await removeTheirs(elsewhere, dataDir.user);
    throw error;
  }
  return elsewhere;
}

/** Runs initdb. The collation is built in and compares bytes, so it is the same on every machine, regardless of its locales. */
async function initdb(directory: string, { bin, durable, dataDir: { user } }: ClusterOptions): Promise<void> {
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  const args = ['-D', directory, '--username=belfry', '--auth=peer', '--encoding=UTF8', '--no-instructions'];
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (!durable) args.push('--no-sync');
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  try {
    await promisify(execFile)(join(bin, 'initdb'), args, { ...user, cwd: '/', env, timeout: 120_000 });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const reason = output.split('\n').findLast((line) => line.includes('rror')) ?? String(error);
    throw new LocalRunError(`cannot create a PostgreSQL database: ${reason}`, { cause: error });
  }
}

/**
 * Writes the access files. There is no password to store: on the socket the kernel reports the user who connects, and the server
 * admits only our own user, with any login. The files are written at each start, because that user may have changed. They are
 * next to the sockets, where only our user can write and PostgreSQL's user can read.
 */
async function allowAlone(name: string, { socketDir, user }: DataDir): Promise<Cluster['accessFiles']> {
  const files = { hba: join(socketDir, 'pg_hba.conf'), ident: join(socketDir, 'pg_ident.conf') };
  const mode = user === undefined ? 0o600 : 0o640;
  await writeOwnFile(files.hba, 'local all all peer map=belfry\n', mode);
  await writeOwnFile(files.ident, `belfry "${name}" all\n`, mode);
  if (user !== undefined) for (const file of Object.values(files)) await chown(file, 0, user.gid);
  return files;
}

function ourName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    throw new LocalRunError(
      `PostgreSQL cannot run as user ${process.getuid?.()}, who is not in /etc/passwd; set DATABASE_URL`,
      { cause: error },
    );
  }
}

/**
 * Replaces the pid in PostgreSQL's pid file after a crash. The file then names a process that has ended, and PostgreSQL would
 * not start if another process of our user had this pid. The file must stay, because it also protects against server processes
 * that outlived their parent. PostgreSQL ignores the pid of the new server's parent, which is this process, so that pid is
 * written. No server of ours can be running, because the holder of the data directory's lock has stopped it. Returns true if
 * there was a pid file.
 */
function disownPid(cluster: string, user: ServiceUser | undefined): boolean {
  const path = join(cluster, 'postmaster.pid');
  if (runAs(user, 'test -f "$1"', [path]).status !== 0) return false;
  const replace = 'text=$(sed "1s/^[0-9]*/$2/" "$1") && printf "%s\\n" "$text" > "$1"';
  const { status, stderr } = runAs(user, replace, [path, String(process.pid)]);
  if (status !== 0) throw new LocalRunError(`cannot write ${path}: ${stderr.trim()}`);
  return true;
}
