import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findJob } from '../../../lib/db/jobs.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { JobNotFoundError } from '../../../lib/domain/errors.ts';
import { untilBlocked } from '../../support/until-blocked.ts';
import { createDeclaring, type Declaring } from './declared-jobs-fixture.ts';

let belfry: Declaring;
beforeEach(async () => {
  belfry = await createDeclaring();
});
afterEach(() => belfry.close());

const read = (id: number) => findJob(belfry.pool, id, belfry.clock.now());

/** The pool, whose new job is not committed before the test releases it. */
function holdNewJob() {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const pool: Pool = {
    ...belfry.pool,
    query: async (statement, values) => {
      if (typeof statement === 'string' || statement.name !== 'insert_jobs')
        return belfry.pool.query(statement, values);
      const connection = await belfry.pool.connect();
      await connection.query('begin');
      const result = await connection.query<never>(statement, values);
      reached.resolve();
      await released.promise;
      await connection.query('commit');
      connection.release(false);
      return result;
    },
  };
  return { pool, reached: reached.promise, release: released.resolve };
}

describe('two declarations of one name at the same time', () => {
  test('two declarations of one name create one job, with the fields of the second', async () => {
    const first = holdNewJob();
    const creating = belfry.withParts({ pool: first.pool }).create('nightly', { schedule: '@daily' });
    await first.reached;
    const repeating = belfry.create('nightly', { schedule: '@hourly' });
    await untilBlocked(belfry.pool);
    first.release();
    const [id, again] = await Promise.all([creating, repeating]);
    expect(again).toBe(id);
    expect(await belfry.jobs()).toEqual([{ id, name: 'nightly', isDeleted: false }]);
    expect(await read(id)).toMatchObject({ schedule: '@hourly' });
  });

  test('two declarations of one name create one job in place of a deleted one', async () => {
    await belfry.deleteJob(await belfry.create('nightly', { schedule: '@daily' }));
    const first = holdNewJob();
    const updating = belfry.withParts({ pool: first.pool }).update('nightly', { schedule: '@daily' });
    await first.reached;
    const repeating = belfry.update('nightly', { schedule: '@daily' });
    await untilBlocked(belfry.pool);
    first.release();
    const [id, again] = await Promise.all([updating, repeating]);
    expect(again).toBe(id);
    expect((await belfry.jobs()).map(({ isDeleted }) => isDeleted)).toEqual([true, false]);
  });

  test('a declaration does not wait for a declaration of another name', async () => {
    const first = holdNewJob();
    const creating = belfry.withParts({ pool: first.pool }).create('nightly', { schedule: '@daily' });
    await first.reached;
    const other = await belfry.create('weekly', { schedule: '@weekly' });
    first.release();
    await creating;
    expect((await belfry.names()).map(({ name }) => name)).toEqual(['nightly', 'weekly']);
    expect(await read(other)).toMatchObject({ name: 'weekly' });
  });
});

describe('a deletion next to a declaration', () => {
  test('a job that is deleted during its declaration is replaced by a new one', async () => {
    const old = await belfry.create('nightly', { schedule: '@daily' });
    const { update } = belfry.withUseCases({
      changeJob: async (id, changes, options) => {
        if (id === old) await belfry.deleteJob(id);
        return belfry.changeJob(id, changes, options);
      },
    });
    const id = await update('nightly', { schedule: '@hourly' });
    expect(id).not.toBe(old);
    expect(await belfry.names()).toEqual([{ name: 'nightly', jobId: id }]);
    expect(await read(id)).toMatchObject({ schedule: '@hourly' });
  });

  test('a declaration fails when its job is deleted during every try', async () => {
    await belfry.create('nightly', { schedule: '@daily' });
    const { update } = belfry.withUseCases({ changeJob: (id) => Promise.reject(new JobNotFoundError(id)) });
    await expect(update('nightly', { schedule: '@daily' })).rejects.toThrow('job "nightly": there is no job');
  });

  test('a name that was declared again during its deletion is kept', async () => {
    const old = await belfry.create('nightly', { schedule: '@daily' });
    let id = 0;
    const { remove } = belfry.withUseCases({
      deleteJob: async (jobId) => {
        await belfry.deleteJob(jobId);
        id = await belfry.create('nightly', { schedule: '@daily' });
      },
    });
    await remove('nightly');
    expect(id).not.toBe(old);
    expect(await belfry.names()).toEqual([{ name: 'nightly', jobId: id }]);
    expect(await read(id)).toMatchObject({ isActive: true });
  });

  test('a deletion that broke off after the job can be repeated', async () => {
    await belfry.create('nightly', { schedule: '@daily' });
    const { remove } = belfry.withUseCases({
      deleteJob: async (jobId) => {
        await belfry.deleteJob(jobId);
        throw new Error('killed');
      },
    });
    await expect(remove('nightly')).rejects.toThrow();
    await belfry.remove('nightly');
    expect(await belfry.names()).toEqual([]);
  });
});

describe('a declaration that fails', () => {
  test('a declaration whose statement fails leaves no job', async () => {
    const pool: Pool = {
      ...belfry.pool,
      query: (statement, values) =>
        typeof statement !== 'string' && statement.name === 'insert_jobs'
          ? Promise.reject(new Error('cut off'))
          : belfry.pool.query(statement, values),
    };
    await expect(belfry.withParts({ pool }).create('nightly', { schedule: '@daily' })).rejects.toThrow();
    expect(await belfry.jobs()).toEqual([]);
  });

  test('a declaration succeeds when only the queue fails, and the next tick queues the executions', async () => {
    const queue = { ...belfry.queue, enqueue: () => Promise.reject(new Error('no Redis')) };
    const id = await belfry.withParts({ queue }).create('soon', { schedule: '30 0 10 * * *' });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 0 });
    await belfry.clock.advanceBy(5_000);
    await belfry.runTick(belfry.inMs(50_000));
    expect(await belfry.executions(id)).toMatchObject([{ status: 'SCHEDULED' }]);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
  });
});
