import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePayloadText } from '../../../lib/app/execution-payload.ts';
import { findDispatchedJobs } from '../../../lib/db/job-requests.ts';
import { makeKeys } from '../../../lib/redis/keys.ts';
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

/** A pool that records the name of each statement. */
function listening(said: string[]): Parts['pool'] {
  const listen = ({ query }: Pick<Parts['pool'], 'query'>): Parts['pool']['query'] => {
    return (statement, values) => {
      said.push(typeof statement === 'string' ? statement : (statement.name ?? statement.text));
      return query(statement, values);
    };
  };
  return {
    ...belfry.pool,
    query: listen(belfry.pool),
    connect: async () => {
      const connection = await belfry.pool.connect();
      return { ...connection, query: listen(connection) };
    },
  };
}

/** The use cases, with each of their calls to PostgreSQL, Redis and SQS recorded. */
function listeningParts(said: string[]): Parts {
  const { queue, publishWakeUps } = belfry.parts;
  return {
    ...belfry.parts,
    pool: listening(said),
    queue: {
      ...queue,
      enqueue: (...args) => {
        said.push('enqueue');
        return queue.enqueue(...args);
      },
    },
    publishWakeUps: (plan) => {
      said.push('publish wake-ups');
      return publishWakeUps(plan);
    },
  };
}

describe('a job that is due within the look-ahead is dispatched at once', () => {
  test('a new job is dispatched before any tick when it is due within the look-ahead', async () => {
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

  test('a job is dispatched at once when its schedule changes and when it is resumed', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 0 12 * * *' }));
    await belfry.changeJob(job.id, { schedule: '0 3 10 * * *' });
    expect(await timesOf(job.id)).toEqual(['10:03:00']);
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    expect(await belfry.executions(job.id)).toMatchObject([{ status: 'SCHEDULED' }]);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
  });

  test.each([
    ['once', () => onceIn(69_000), 1],
    ['each second', () => aJob({ schedule: '* * * * * *' }), timings.lookAheadMs / 1_000],
  ])('a new job that runs %s is dispatched in three round trips', async (_, newJob, executions) => {
    const said: string[] = [];
    const job = await compose(listeningParts(said)).createJob(newJob());
    expect(said).toEqual(['insert_jobs', 'enqueue', 'publish wake-ups']);
    expect(await timesOf(job.id)).toHaveLength(executions);
    expect(job.nextExecutionTime).toEqual((await belfry.executions(job.id))[0]?.executionTime);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: executions });
  });

  test('a new job is dispatched with every occurrence up to the look-ahead, even when one batch does not hold them', async () => {
    const jobs = await belfry.createJobs(Array.from({ length: 30 }, () => aJob({ schedule: '* * * * * *' })));
    expect(await timesOf(jobs[29]!.id)).toHaveLength(timings.lookAheadMs / 1_000);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 30 * 240 });
  });
});

test.each([
  ['a small request', { method: 'POST', body: '{"a":1}', headers: { 'X-A': 'ü' } }],
  ['a request that is too large for Redis', { method: 'POST', body: JSON.stringify('x'.repeat(3_000)) }],
  ['a secret header', { headers: { Authorization: 'Bearer token' } }],
] as const)('a new job and a tick queue the same payload: %s', async (_, request) => {
  const job = await belfry.createJob({ ...onceIn(69_000), ...request });
  const [execution] = await belfry.executions(job.id);
  const keys = makeKeys(belfry.tag);
  const queued = await belfry.redis.get(keys.payload(execution!.id));
  const read = await findDispatchedJobs(belfry.pool, [job.id]);
  const byTick = makePayloadText({ ...read.get(job.id)!, jobId: job.id })(execution!.executionTime);
  expect(JSON.parse(queued!)).toEqual(JSON.parse(byTick));
});

test('a change of only the name is one statement and leaves the executions alone', async () => {
  const job = await belfry.createJob(onceIn(69_000));
  const [before] = await belfry.executions(job.id);
  const said: string[] = [];
  await belfry.clock.advanceBy(1_000);
  const changed = await compose(listeningParts(said)).changeJob(job.id, { name: 'Evening report' });
  expect(said).toEqual(['relabel_job']);
  const { secretHeaders: _, ...created } = { secretHeaders: undefined, ...job };
  expect(changed).toEqual({
    ...created,
    name: 'Evening report',
    version: 2,
    updatedAt: new Date(belfry.clock.nowMs()),
  });
  expect(await belfry.executions(job.id)).toEqual([before]);
  expect((await findDispatchedJobs(belfry.pool, [job.id])).get(job.id)?.revision).toBe(1);
  await expect(belfry.changeJob(job.id + 1, { description: null })).rejects.toMatchObject({
    code: 'JOB_NOT_FOUND',
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

test('a dispatch that would make its caller wait leaves the rest to the tick', async () => {
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
  const [job] = await api.createJobs(Array.from({ length: 30 }, () => aJob({ schedule: '* * * * * *' })));
  const { length } = await timesOf(job!.id);
  expect(length).toBeGreaterThan(33);
  expect(length).toBeLessThan(240);
  expect(events).toEqual(['dispatch_left_to_tick']);
  await belfry.runTick(belfry.inMs(50_000));
  expect((await timesOf(job!.id)).length).toBeGreaterThanOrEqual(240);
});
