import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { LocalRunError, openDataDir } from '../../../../local/data-dir/data-dir.ts';
import { noteChild } from '../../../../local/data-dir/orphans.ts';
import { startPostgres } from '../../../../local/services/postgres.ts';
import { startRedis } from '../../../../local/services/redis.ts';
import { until } from '../../../support/waiting.ts';
import { cleanups, makeDirectory, open, query, report, start, withRedis } from './fixture.ts';
import { childPids, isRunning } from '../../../support/child-pids.ts';

/** Starts another Belfry, with only its data directory and services; resolves when it has started. */
async function startHolder(directory: string, ...args: string[]) {
  const script = fileURLToPath(new URL('../../../support/hold-data-dir.ts', import.meta.url));
  const holder: ChildProcess = spawn(process.execPath, [script, directory, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = async () => {
    if (holder.exitCode !== null || holder.signalCode !== null) return;
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  };
  cleanups.push(kill);
  const [line] = await once(holder.stdout!, 'data');
  return { pid: holder.pid, servicePids: z.array(z.int()).parse(JSON.parse(String(line))), kill };
}

describe('the data directory', () => {
  test('a data directory has one holder in a process', async () => {
    const directory = await makeDirectory();
    const first = await open(directory);
    await expect(openDataDir(directory)).rejects.toThrow(LocalRunError);
    await first.close();
    await open(directory);
  });

  test('a data directory has one holder among processes, and a refusal names the holder', async () => {
    const directory = await makeDirectory();
    const { pid } = await startHolder(directory);
    await expect(openDataDir(directory)).rejects.toThrow(
      `is in use by process ${pid}; stop it, or set BELFRY_DATA_DIR`,
    );
  });

  test('a data directory is free once its holder was killed', async () => {
    const directory = await makeDirectory();
    const holder = await startHolder(directory);
    await holder.kill();
    await open(directory);
  });

  test('the services of a killed holder end at once, and keep their data', async () => {
    const directory = await makeDirectory();
    const holder = await startHolder(directory, 'with-services');
    const path = `${directory}/sockets`;
    await query(
      `postgresql://belfry@localhost:5432/belfry?host=${path}/postgres`,
      'create table kept (n int)',
    );
    await withRedis(`redis://localhost?path=${path}/redis.sock`, (redis) => redis.set('kept', 'yes'));
    await holder.kill();
    await until(() => !holder.servicePids.some(isRunning), { timeoutMs: 15_000, everyMs: 20 });
    // PostgreSQL was shut down, not killed: it left no pid file behind.
    expect(await readdir(join(directory, 'postgres'))).not.toContain('postmaster.pid');

    const dataDir = await open(directory);
    const postgres = await start(startPostgres({ dataDir, report }));
    const redis = await start(startRedis({ dataDir, report }));
    expect(await query(postgres.url, 'select count(*)::int as count from kept')).toEqual([{ count: 0 }]);
    expect(await withRedis(redis.url, (redis) => redis.get('kept'))).toBe('yes');
  });

  test('the services that an earlier holder left running are stopped', async () => {
    const directory = await makeDirectory();
    const orphan = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    cleanups.push(async () => void orphan.kill('SIGKILL'));
    noteChild(directory, 'sleep', { pid: orphan.pid!, stopSignals: ['SIGTERM'] });
    await open(directory);
    expect(orphan.signalCode ?? isRunning(orphan.pid!)).not.toBe(true);
    expect(await readdir(join(directory, 'children'))).toEqual([]);
  });

  test('closing a data directory leaves no process behind', async () => {
    const directory = await makeDirectory();
    const before = childPids(process.pid);
    const dataDir = await open(directory);
    const [watchdog] = childPids(process.pid).filter((pid) => !before.includes(pid));
    expect(watchdog).toBeDefined();
    await dataDir.close();
    expect(isRunning(watchdog!)).toBe(false);
  });

  test('the path of a data directory may be too long for sockets', async () => {
    const dataDir = await open(join(await makeDirectory(), 'x'.repeat(100)));
    const redis = await start(startRedis({ dataDir, report }));
    const postgres = await start(startPostgres({ dataDir, report, durable: false }));
    expect(await withRedis(redis.url, (redis) => redis.ping())).toBe('PONG');
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await redis.stop();
    await postgres.stop();
    await dataDir.close();
    await expect(readdir(dataDir.socketDir)).rejects.toThrow('ENOENT');
  });

  test('the path of a data directory may contain spaces and symbols', async () => {
    const dataDir = await open(await makeDirectory('belfry 100%é?#&-'));
    const redis = await start(startRedis({ dataDir, report }));
    const postgres = await start(startPostgres({ dataDir, report, durable: false }));
    expect(await withRedis(redis.url, (redis) => redis.ping())).toBe('PONG');
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect([new URL(redis.url).protocol, new URL(postgres.url).protocol]).toEqual(['redis:', 'postgresql:']);
  });
});
