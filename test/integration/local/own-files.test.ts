import { spawnSync } from 'node:child_process';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDataDir } from '../../../local/data-dir/data-dir.ts';
import { openDataKeysFile } from '../../../local/data-dir/data-keys.ts';
import { openLogFile } from '../../../local/log-file.ts';
import { writeRunFile } from '../../../local/data-dir/run-file.ts';
import { startPostgres } from '../../../local/services/postgres.ts';
import { NOBODY_ID, removeTheirs } from '../../../local/data-dir/service-user.ts';

/** Commands that root runs must not let the user "nobody", as whom PostgreSQL runs, write root's files. */

const serviceUser = { uid: NOBODY_ID, gid: NOBODY_ID };
let directory: string;
let victim: string;
const cleanups: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-own-files-'));
  await chmod(directory, 0o755);
  victim = join(directory, 'victim');
  await writeFile(victim, "root's\n", { mode: 0o644 });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  expect(await readFile(victim, 'utf8')).toBe("root's\n");
  expect(await stat(victim)).toMatchObject({ uid: process.getuid?.() });
  await rm(directory, { recursive: true, force: true });
});

function asOtherUser(line: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('/bin/sh', ['-c', line, 'sh', ...args], { ...serviceUser, cwd: '/' });
  if (status !== 0) throw new Error(String(stderr));
}

describe('a symbolic link in place of a file', () => {
  test('a symbolic link is replaced by the file, even at the path of the unfinished file', async () => {
    for (const name of ['run.json', 'run.json.new', 'data-keys.json.new']) {
      await symlink(victim, join(directory, name));
    }
    await writeRunFile(directory, { pid: 1, address: 'http://127.0.0.1:1', apiKey: 'a-key-of-16-letters' });
    const keys = await openDataKeysFile(directory, undefined);
    for (const file of [join(directory, 'run.json'), keys]) {
      expect((await stat(file)).ino).not.toBe((await stat(victim)).ino);
    }
  });

  test('the log does not follow a symbolic link', async () => {
    await symlink(victim, join(directory, 'belfry.log'));
    expect(() => openLogFile(join(directory, 'belfry.log'))).toThrow('ELOOP');
  });
});

describe('the log file', () => {
  test('the log file exists from the start, readable only by its owner', async () => {
    const path = join(directory, 'belfry.log');
    const log = openLogFile(path);
    expect(await readFile(path, 'utf8')).toBe('');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    log('a line\n');
    expect(await readFile(path, 'utf8')).toBe('a line\n');
  });
});

// These tests need root, to act as two users.
describe.skipIf(process.getuid?.() !== 0)('files of two users', () => {
  const open = async (path: string) => {
    const dataDir = await openDataDir(path);
    cleanups.push(dataDir.close);
    return dataDir;
  };
  const startAndStop = async (path: string): Promise<void> => {
    const dataDir = await open(path);
    const postgres = await startPostgres({ dataDir, report: () => {}, durable: false });
    await postgres.stop();
    await dataDir.close();
  };

  test("a symbolic link among PostgreSQL's files is not followed when the access rules are written", async () => {
    const path = join(directory, 'data');
    await startAndStop(path);
    const cluster = join(path, 'postgres');
    asOtherUser('cd "$1" && ln -sf "$2" pg_hba.conf && ln -sf "$2" pg_ident.conf', cluster, victim);
    await startAndStop(path);
  });

  test("a symbolic link in place of PostgreSQL's pid file is not followed", async () => {
    const path = join(directory, 'data');
    await startAndStop(path);
    asOtherUser('ln -s "$2" "$1/postmaster.pid"', join(path, 'postgres'), victim);
    await expect(startAndStop(path)).rejects.toThrow(/^cannot write .*postmaster\.pid: .*ermission denied/);
  });

  test("files in the directory of another user are removed with that user's rights only", async () => {
    const theirs = join(directory, 'theirs');
    const kept = join(directory, 'kept');
    await mkdir(join(kept, 'inner'), { recursive: true });
    await mkdir(theirs);
    await chown(theirs, NOBODY_ID, NOBODY_ID);
    asOtherUser('mkdir "$1/a" && ln -s "$2" "$1/a/link"', theirs, kept);
    await removeTheirs(theirs, serviceUser);
    expect(await readdir(directory)).not.toContain('theirs');
    expect(await readdir(kept)).toEqual(['inner']);

    // Files that the other user may not remove stay: root does not remove them.
    await mkdir(theirs);
    await mkdir(join(theirs, "root's"), { mode: 0o700 });
    await writeFile(join(theirs, "root's", 'file'), '');
    await expect(removeTheirs(theirs, serviceUser)).rejects.toThrow('ENOTEMPTY');
    expect(await readdir(join(theirs, "root's"))).toEqual(['file']);
  });

  test('a data directory that other users can change is refused', async () => {
    const theirs = join(directory, 'theirs');
    await mkdir(theirs);
    await chown(theirs, NOBODY_ID, NOBODY_ID);
    await expect(openDataDir(theirs)).rejects.toThrow(`belongs to user ${NOBODY_ID}`);
    await expect(openDataDir(join(theirs, 'data'))).rejects.toThrow(
      `is below ${theirs}, which user ${NOBODY_ID} can change`,
    );

    const openToAll = join(directory, 'open');
    await mkdir(openToAll);
    await chmod(openToAll, 0o777);
    await expect(openDataDir(join(openToAll, 'data'))).rejects.toThrow('which every user can change');
    await writeFile(join(openToAll, 'a file'), '');
    await expect(openDataDir(openToAll)).rejects.toThrow('other users may write in the data directory');
    expect((await stat(openToAll)).mode & 0o777).toBe(0o777);
  });
});
