import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalRunError } from '../../../../local/data-dir/data-dir.ts';
import { startPostgres } from '../../../../local/services/postgres.ts';
import { makeDirectory, open, query, report, start } from './fixture.ts';
import { isRunning } from '../../../support/child-pids.ts';

describe('the PostgreSQL service', () => {
  test('PostgreSQL keeps its data after a kill, which is reported, and after a stop, which is not', async () => {
    const dataDir = await open(await makeDirectory());
    const killed = await start(startPostgres({ dataDir, report }));
    await query(killed.url, 'create table kept as select 42 as n');
    process.kill(killed.pid, 'SIGKILL');
    expect(await killed.exited).toBe(
      `PostgreSQL ended unexpectedly by SIGKILL; its log is ${join(dataDir.path, 'postgres.log')}`,
    );

    const stopped = await start(startPostgres({ dataDir, report }));
    expect(await query(stopped.url, 'select n from kept')).toEqual([{ n: 42 }]);
    const backends = await query<{ pid: number }>(stopped.url, 'select pid from pg_stat_activity');
    await stopped.stop();
    const pids = [stopped.pid, ...backends.map((row) => row.pid)];
    expect(pids.filter(isRunning)).toEqual([]);

    const again = await start(startPostgres({ dataDir, report }));
    expect(await query(again.url, 'select n from kept')).toEqual([{ n: 42 }]);
    const silence = Promise.race([stopped.exited, Promise.resolve('silent')]);
    expect(await silence).toBe('silent');
  });

  test('PostgreSQL says in one line why it does not start', async () => {
    const dataDir = await open(await makeDirectory());
    await (await startPostgres({ dataDir, report, durable: false })).stop();
    await writeFile(join(dataDir.path, 'postgres', 'PG_VERSION'), '9\n');
    const failure = startPostgres({ dataDir, report });
    await expect(failure).rejects.toThrow(LocalRunError);
    await expect(failure).rejects.toThrow(/^PostgreSQL did not start: .*FATAL.*version 9.*postgres\.log\)$/);
  });

  test('PostgreSQL is safe by default: commits reach the disk', async () => {
    const dataDir = await open(await makeDirectory());
    const { url } = await start(startPostgres({ dataDir, report }));
    const settings = `select string_agg(name || '=' || setting, ' ' order by name) as settings from pg_settings
                       where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'max_connections')`;
    expect(await query(url, settings)).toEqual([
      { settings: 'fsync=on full_page_writes=on max_connections=200 synchronous_commit=on' },
    ]);
  });
});
