import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { timings } from '../../../lib/topology.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, createBelfry, type Belfry, type Parts } from '../../support/belfry.ts';

const START = '2030-03-04T10:00:00.000Z';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry(START);
});
afterEach(() => belfry.close());

const inMs = (ms: number) => new Date(belfry.clock.nowMs() + ms).toISOString();
const onceIn = (ms: number) => aJob({ schedule: inMs(ms), isRecurring: false });
const timesOf = async (jobId: number) =>
  (await belfry.executions(jobId)).map(({ executionTime }) => executionTime.toISOString().slice(11, 19));

/** A pool that keeps what is said to PostgreSQL. */
function listening(said: string[]): Parts['pool'] {
  return {
    ...belfry.pool,
    connect: async () => {
      const connection = await belfry.pool.connect();
      return {
        ...connection,
        query: (statement, values) => {
          said.push(typeof statement === 'string' ? statement : (statement.name ?? statement.text));
          return connection.query(statement, values);
        },
      };
    },
  };
}

describe('a job that is due within the look-ahead is dispatched at once', () => {
  test('when it is made, so that no tick has to come before it is due', async () => {
    const [soon, last, later] = await belfry.createJobs([
      onceIn(69_000),
      onceIn(timings.lookAheadMs),
      onceIn(timings.lookAheadMs + 1_000),
    ]);
    expect(await timesOf(soon!.id)).toEqual(['10:01:09']);
    expect(await timesOf(last!.id)).toEqual(['10:04:00']);
    expect(await timesOf(later!.id)).toEqual([]);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 2 });
    expect(await belfry.countWakeUps()).toBe(2);
  });

  test('when its schedule is changed, and when it is resumed', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 0 12 * * *' }));
    await belfry.changeJob(job.id, { schedule: '0 3 10 * * *' });
    expect(await timesOf(job.id)).toEqual(['10:03:00']);
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    expect(await belfry.executions(job.id)).toMatchObject([{ status: 'SCHEDULED' }]);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
  });

  test('with every occurrence up to the look-ahead, also where one batch does not hold them', async () => {
    const job = await belfry.createJob(aJob({ schedule: '* * * * * *' }));
    expect(await timesOf(job.id)).toHaveLength(timings.lookAheadMs / 1_000);
  });
});

test('the dispatch of one job is one transaction of six statements', async () => {
  const job = await belfry.createJob({ ...onceIn(69_000), isActive: false });
  await belfry.pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at) values ($1, $2, $2)`,
    [job.id, inMs(69_000)],
  );
  const said: string[] = [];
  const api = compose({ ...belfry.parts, pool: listening(said) });
  await api.dispatchSoon([{ ...job, nextExecutionTime: new Date(inMs(69_000)) }]);
  expect(said).toEqual([
    'begin',
    'lock_due_schedules_of_jobs',
    'find_dispatched_jobs',
    'insert_executions',
    'delete_schedules',
    'commit',
  ]);
});

test('a dispatch that would keep its caller waiting leaves the rest to the tick', async () => {
  const events: string[] = [];
  const enqueue: Parts['queue']['enqueue'] = async (...args) => {
    await belfry.clock.advanceBy(1_500);
    return belfry.queue.enqueue(...args);
  };
  const api = compose({
    ...belfry.parts,
    queue: { ...belfry.queue, enqueue },
    logger: { ...belfry.parts.logger, info: (event) => void events.push(event) },
  });
  const job = await api.createJob(aJob({ schedule: '* * * * * *' }));
  expect(await timesOf(job.id)).toHaveLength(60);
  expect(events).toEqual(['dispatch_left_to_tick']);
  await belfry.runTick(belfry.inMs(50_000));
  expect((await timesOf(job.id)).length).toBeGreaterThanOrEqual(240);
});
