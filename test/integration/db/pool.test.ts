import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Pool } from '../../../lib/db/pool.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { openPool } from '../../support/belfry-database.ts';
import { begin, cleanUpWith, NOON, pool, url, useOwnDatabase } from './fixture.ts';
import { freePort } from '../../support/free-port.ts';

await useOwnDatabase();

beforeEach(async () => {
  await pool.query(`drop table if exists accounts; create table accounts (id integer primary key, amount integer not null);
                    insert into accounts values (1, 0), (2, 0)`);
});

function open(poolUrl: string, options: Parameters<typeof openPool>[1] = {}): Pool {
  const opened = openPool(poolUrl, options);
  cleanUpWith(opened.end);
  return opened;
}

async function unavailable(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UnavailableError);
  return error instanceof UnavailableError ? error.cause : undefined;
}

describe('a connection pool', () => {
  test('a pool reads ids as numbers, times as dates and counts as numbers', async () => {
    const { rows } = await pool.query('select $1::bigint as id, $2::timestamptz as at, count(*) as total', [
      7,
      NOON,
    ]);
    expect(rows).toEqual([{ id: 7, at: NOON, total: 1 }]);
  });

  test('statements and transactions fail as unavailable when no server listens', async () => {
    const refused = open(`postgresql://belfry@127.0.0.1:${await freePort()}/belfry`);
    expect(await unavailable(refused.query('select 1'))).toMatchObject({ code: 'ECONNREFUSED' });
    expect(await unavailable(refused.connect())).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('statements and transactions fail as unavailable when the server is read-only, as after a failover', async () => {
    const { tx } = await begin();
    await tx.query('set transaction read only');
    expect(await unavailable(tx.query('delete from jobs'))).toMatchObject({ code: '25006' });
  });

  test('a read-only pool refuses to write, even outside a read-only transaction', async () => {
    const readOnly = open(url, { isReadOnly: true });
    expect((await readOnly.query('select from accounts')).rowCount).toBe(2);
    expect(await unavailable(readOnly.query('delete from accounts'))).toMatchObject({ code: '25006' });
  });

  test('a statement that runs too long fails as unavailable, and has stored nothing', async () => {
    const hurried = open(url, { statementTimeoutMs: 50 });
    const slow = hurried.query(
      'with slow as (update accounts set amount = 9 returning 1) select pg_sleep(10) from slow',
    );
    expect(await unavailable(slow)).toMatchObject({ code: '57014' });
    expect((await pool.query('select from accounts where amount = 9')).rowCount).toBe(0);
  });

  test('a statement fails as unavailable when the server ends its connection', async () => {
    const other = open(url, { max: 1 });
    const sleeping = unavailable(other.query('select pg_sleep(10)'));
    await expect
      .poll(async () => {
        const ended = await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(10)'`,
        );
        return ended.rowCount;
      })
      .toBe(1);
    expect(await sleeping).toMatchObject({ code: '57P01' });
    expect((await other.query('select 1')).rowCount).toBe(1);
  });

  test('just-in-time compilation is off, and the options of PGOPTIONS stay', async () => {
    vi.stubEnv('PGOPTIONS', '-c work_mem=6MB');
    try {
      const settings = `select current_setting('jit') as jit, current_setting('work_mem') as memory`;
      expect((await open(url).query(settings)).rows).toEqual([{ jit: 'off', memory: '6MB' }]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('a pool keeps a connection that is idle for a day', async () => {
    const patient = open(url, { max: 1 });
    const backend = async () => (await patient.query('select pg_backend_pid() as pid')).rows;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const before = await backend();
      vi.advanceTimersByTime(DAY_MS);
      expect(await backend()).toEqual(before);
    } finally {
      vi.useRealTimers();
    }
  });

  test('an error in a statement is passed on unchanged', async () => {
    await expect(pool.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    await expect(pool.query('insert into accounts values (1, 1)')).rejects.toMatchObject({ code: '23505' });
  });

  test('a statement is run again after each deadlock', async () => {
    // PostgreSQL's timers decide which statement is the victim of a real deadlock. This statement is always the victim, and is
    // rolled back twice. A sequence counts across the rollbacks.
    await pool.query(`drop sequence if exists tries; create sequence tries;
      create or replace function deadlock_twice() returns integer language plpgsql as $$
      begin
        if nextval('tries') <= 2 then raise exception 'deadlock detected' using errcode = 'deadlock_detected'; end if;
        return 1;
      end $$`);
    const retried = await pool.query('update accounts set amount = amount + deadlock_twice() where id = 1');
    expect(retried.rowCount).toBe(1);
    expect((await pool.query('select amount from accounts order by id')).rows).toEqual([
      { amount: 1 },
      { amount: 0 },
    ]);
    expect((await pool.query('select last_value as tries from tries')).rows).toEqual([{ tries: 3 }]);
  });

  test('a statement fails when it is the victim of a deadlock every time', async () => {
    const statement = `do $$ begin raise exception 'deadlock detected' using errcode = 'deadlock_detected'; end $$`;
    expect(await unavailable(pool.query(statement))).toMatchObject({ code: '40P01' });
  });

  test('a pool releases its locks when its process freezes in a transaction', async () => {
    const frozen = open(url, { max: 1, statementTimeoutMs: 100 });
    const connection = await frozen.connect();
    await connection.query('begin');
    await connection.query('update accounts set amount = 1 where id = 1');
    expect((await pool.query('update accounts set amount = 2 where id = 1')).rowCount).toBe(1);
    await unavailable(connection.query('select 1'));
    connection.release(true);
  });
});
