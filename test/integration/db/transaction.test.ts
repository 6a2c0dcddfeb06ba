import { beforeEach, describe, expect, test } from 'vitest';
import { inSnapshot, inTransaction } from '../../../lib/db/transaction.ts';
import { openPool } from '../../support/belfry-database.ts';
import { begin, cleanUpWith, pool, untilBlocked, url, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

beforeEach(async () => {
  await pool.query(`drop table if exists accounts; create table accounts (id integer primary key, amount integer not null);
                    insert into accounts values (1, 0), (2, 0)`);
});

const add = (id: number) => `update accounts set amount = amount + 1 where id = ${id}`;

async function readAmounts(): Promise<unknown[]> {
  const { rows } = await pool.query('select amount from accounts order by id');
  return rows.map((row) => row.amount);
}

describe('inTransaction', () => {
  test('inTransaction commits, and returns the result of the work', async () => {
    expect(await inTransaction(pool, async (tx) => (await tx.query(add(1))).rowCount)).toBe(1);
    expect(await readAmounts()).toEqual([1, 0]);
  });

  test('inTransaction rolls back when the work throws, and passes the error on', async () => {
    const single = openPool(url, { max: 1 });
    cleanUpWith(single.end);
    const failing = inTransaction(single, async (tx) => {
      await tx.query(add(1));
      throw new Error('of the work');
    });
    await expect(failing).rejects.toThrow('of the work');
    expect(await readAmounts()).toEqual([0, 0]);
    // The only connection has returned to the pool, and is no longer in a transaction.
    expect((await single.query('select pg_current_xact_id_if_assigned() as xid')).rows).toEqual([
      { xid: null },
    ]);
  });

  test('inTransaction does not report a commit when a swallowed error rolled the work back', async () => {
    const swallowing = inTransaction(pool, async (tx) => {
      await tx.query(add(1));
      await tx.query('select 1 / 0').catch(() => {});
    });
    await expect(swallowing).rejects.toThrow('ROLLBACK');
    expect(await readAmounts()).toEqual([0, 0]);
  });

  test('inTransaction runs the work again after a deadlock', async () => {
    let tries = 0;
    const other = await begin();
    const hasFirst = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    await other.tx.query(add(2));
    await other.tx.query(`set local deadlock_timeout = '1min'`);
    const retried = inTransaction(pool, async (tx) => {
      tries += 1;
      // Otherwise the second try could lock the first row again before the other side wakes up, and block it once more.
      if (tries > 1) await committed.promise;
      await tx.query(`set local deadlock_timeout = '10ms'`);
      await tx.query(add(1));
      hasFirst.resolve();
      // This side closes the circle, and only this side looks for it, once: so it is the victim.
      if (tries === 1) await untilBlocked();
      await tx.query(add(2));
    });
    await hasFirst.promise;
    await other.tx.query(add(1));
    await other.commit();
    committed.resolve();
    await retried;
    expect(tries).toBe(2);
    expect(await readAmounts()).toEqual([2, 2]);
  });

  test('inTransaction gives up after three tries', async () => {
    let tries = 0;
    const conflicting = inTransaction(pool, async (tx) => {
      tries += 1;
      await tx.query(`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`);
    });
    await expect(conflicting).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { code: '40001' } });
    expect(tries).toBe(3);
  });

  test('inTransaction throws an UnavailableError when the connection breaks, and the next transaction works', async () => {
    const errors: Error[] = [];
    const single = openPool(url, { max: 1, onError: (error) => errors.push(error) });
    cleanUpWith(single.end);
    const cut = inTransaction(single, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await tx.query(add(1));
      // No statement is on its way when the connection breaks: none can receive the error.
      await pool.query('select pg_terminate_backend($1, 5000)', [rows[0]!.pid]);
      await expect.poll(() => errors.length).toBeGreaterThan(0);
      await tx.query(add(2));
    });
    await expect(cut).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await readAmounts()).toEqual([0, 0]);
    expect(await inTransaction(single, async (tx) => (await tx.query(add(1))).rowCount)).toBe(1);
  });
});

describe('inSnapshot', () => {
  test('inSnapshot shows every statement the state at the first statement', async () => {
    const seen = await inSnapshot(pool, async (tx) => {
      const before = await tx.query('select amount from accounts where id = 1');
      await pool.query(add(1));
      const after = await tx.query('select amount from accounts where id = 1');
      return [...before.rows, ...after.rows];
    });
    expect(seen).toEqual([{ amount: 0 }, { amount: 0 }]);
    expect(await readAmounts()).toEqual([1, 0]);
  });

  test('inSnapshot refuses to write', async () => {
    await expect(inSnapshot(pool, (tx) => tx.query(add(1)))).rejects.toMatchObject({
      cause: { code: '25006' },
    });
    expect(await readAmounts()).toEqual([0, 0]);
  });
});
