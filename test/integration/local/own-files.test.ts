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
import { openDataDir } from '../../../local/data-dir.ts';
import { openDataKeysFile } from '../../../local/data-keys.ts';
import { openLogFile } from '../../../local/log-file.ts';
import { writeRunFile } from '../../../local/run-file.ts';
import { startPostgres } from '../../../local/services/postgres.ts';
import { NOBODY_ID, removeTheirs } from '../../../local/services/service-user.ts';

/** What root runs must not become a way for the user "nobody", whom PostgreSQL runs as, to write root's files. */

const nobody = { uid: NOBODY_ID, gid: NOBODY_ID };
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

function asNobody(line: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('/bin/sh', ['-c', line, 'sh', ...args], { ...nobody, cwd: '/' });
  if (status !== 0) throw new Error(String(stderr));
}

describe('a link in the place of a file', () => {
  test('is replaced by the file, also where the unfinished file goes', async () => {
    for (const name of ['run.json', 'run.json.new', 'data-keys.json.new']) {
      await symlink(victim, join(directory, name));
    }
    await writeRunFile(directory, { pid: 1, address: 'http://127.0.0.1:1', apiKey: 'a-key-of-16-letters' });
    const keys = await openDataKeysFile(directory, undefined);
    for (const file of [join(directory, 'run.json'), keys]) {
      expect((await stat(file)).ino).not.toBe((await stat(victim)).ino);
    }
  });

  test('is not followed by the log', async () => {
    await symlink(victim, join(directory, 'belfry.log'));
    expect(() => openLogFile(join(directory, 'belfry.log'))).toThrow('ELOOP');
  });
});

describe('the log', () => {
  test('is there from the start, for its owner alone', async () => {
    const path = join(directory, 'belfry.log');
    const log = openLogFile(path);
    expect(await readFile(path, 'utf8')).toBe('');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    log('a line\n');
    expect(await readFile(path, 'utf8')).toBe('a line\n');
  });
});

// They need root, to be two users.
describe.skipIf(process.getuid?.() !== 0)('as root', () => {
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

  test("links among PostgreSQL's files are not followed to say who may connect", async () => {
    const path = join(directory, 'data');
    await startAndStop(path);
    const cluster = join(path, 'postgres');
    asNobody('cd "$1" && ln -sf "$2" pg_hba.conf && ln -sf "$2" pg_ident.conf', cluster, victim);
    await startAndStop(path);
  });

  test("a link in the place of PostgreSQL's pid file is not followed", async () => {
    const path = join(directory, 'data');
    await startAndStop(path);
    asNobody('ln -s "$2" "$1/postmaster.pid"', join(path, 'postgres'), victim);
    await expect(startAndStop(path)).rejects.toThrow(/^cannot write .*postmaster\.pid: .*ermission denied/);
  });

  test("what is in nobody's directory is removed by nobody's right alone", async () => {
    const theirs = join(directory, 'theirs');
    const kept = join(directory, 'kept');
    await mkdir(join(kept, 'inner'), { recursive: true });
    await mkdir(theirs);
    await chown(theirs, NOBODY_ID, NOBODY_ID);
    asNobody('mkdir "$1/a" && ln -s "$2" "$1/a/link"', theirs, kept);
    await removeTheirs(theirs, nobody);
    expect(await readdir(directory)).not.toContain('theirs');
    expect(await readdir(kept)).toEqual(['inner']);

    // What nobody may not remove, root does not remove for them.
    await mkdir(theirs);
    await mkdir(join(theirs, "root's"), { mode: 0o700 });
    await writeFile(join(theirs, "root's", 'file'), '');
    await expect(removeTheirs(theirs, nobody)).rejects.toThrow('ENOTEMPTY');
    expect(await readdir(join(theirs, "root's"))).toEqual(['file']);
  });

  test('the data directory has to be out of the reach of others', async () => {
    const theirs = join(directory, 'theirs');
    await mkdir(theirs);
    await chown(theirs, NOBODY_ID, NOBODY_ID);
    await expect(openDataDir(theirs)).rejects.toThrow(`belongs to user ${NOBODY_ID}`);
    await expect(openDataDir(join(theirs, 'data'))).rejects.toThrow(
      `is below ${theirs}, which user ${NOBODY_ID} can change`,
    );

    const everybodys = join(directory, 'open');
    await mkdir(everybodys);
    await chmod(everybodys, 0o777);
    await expect(openDataDir(join(everybodys, 'data'))).rejects.toThrow('which every user can change');
    await writeFile(join(everybodys, 'a file'), '');
    await expect(openDataDir(everybodys)).rejects.toThrow('other users may write in the data directory');
    expect((await stat(everybodys)).mode & 0o777).toBe(0o777);
  });
});
