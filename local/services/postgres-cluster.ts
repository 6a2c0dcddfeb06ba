import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DataDir, LocalRunError } from '../data-dir.ts';
import { openOpenDir } from './cache-dir.ts';
import { canEnter } from './service-user.ts';

type ClusterOptions = {
  dataDir: DataDir;
  bin: string;
  durable: boolean;
  report: (line: string) => void;
};

export type Cluster = { directory: string; hasCrashed: boolean };

/** The directory of PostgreSQL's data: `postgres` in the data directory, created on the first run. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const path = join(options.dataDir.path, 'postgres');
  const name = ourName();
  const existing = await realpath(path).catch(() => undefined);
  const directory = existing ?? (await createCluster(path, options));
  await allowAlone(name, directory);
  return { directory, hasCrashed: await disownPid(directory) };
}

/**
 * Built beside its place and then moved there, so that a first run that was killed leaves no half-made one. Where
 * PostgreSQL's user cannot enter the data directory, it goes to /var/lib/belfry, and `postgres` is a link to it:
 * who removes the data directory starts afresh there too.
 */
async function createCluster(path: string, options: ClusterOptions): Promise<string> {
  const { dataDir, report } = options;
  if (canEnter(dataDir.path, dataDir.user)) {
    const unfinished = `${path}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await initdb(unfinished, options);
    await rename(unfinished, path);
    return path;
  }
  const elsewhere = await mkdtemp(join(await openOpenDir(), 'postgres-'));
  report(`PostgreSQL runs as nobody, who cannot enter ${dataDir.path}; its data is in ${elsewhere}`);
  try {
    await initdb(elsewhere, options);
    await rm(path, { force: true });
    await symlink(elsewhere, path);
  } catch (error) {
    await rm(elsewhere, { recursive: true, force: true });
    throw error;
  }
  return elsewhere;
}

/** The collation is built in, byte order: the same on every machine, whatever its locales. */
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
 * No password to keep: over the socket the kernel tells the server who connects, and it lets in our own user alone.
 * Written at each start, for that user may be another one now.
 */
async function allowAlone(name: string, cluster: string): Promise<void> {
  await writeFile(join(cluster, 'pg_hba.conf'), 'local all all peer map=belfry\n');
  await writeFile(join(cluster, 'pg_ident.conf'), `belfry "${name}" belfry\n`);
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
 * After a crash PostgreSQL's pid file names a process that is gone. Had its pid been given to another one of our user's,
 * PostgreSQL would not start. Removing the file would also remove the guard against server processes that outlived
 * their parent; but a pid equal to that of the new server's parent, which is us, PostgreSQL takes for a left-over.
 * No server of ours can be running: whoever holds the data directory's lock has stopped it. Returns whether there was a
 * left-over.
 */
async function disownPid(cluster: string): Promise<boolean> {
  const path = join(cluster, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  await writeFile(path, text.replace(/^\d+/, String(process.pid)));
  return true;
}
