import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, type Parts } from '../../support/belfry.ts';
import { belfry, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const MINUTE = 60_000;
/** The duration of a call to a server that is unreachable. */
const TIMEOUT_MS = 2_000;

/** Counts the calls to the unreachable server; each costs its timeout. */
function makeAway(name: string) {
  let calls = 0;
  return {
    call: async (): Promise<never> => {
      calls += 1;
      await belfry.clock.advanceBy(TIMEOUT_MS);
      throw new UnavailableError(name);
    },
    takeCalls: () => {
      const before = calls;
      calls = 0;
      return before;
    },
  };
}

function queueThatIsAway(call: () => Promise<never>): Parts['queue'] {
  return { ...belfry.queue, enqueue: call, findAbsent: call, reclaim: call, overdue: call, remove: call };
}

const tick = (parts: Partial<Parts> = {}) =>
  compose({ ...belfry.parts, ...parts }).runTick(belfry.inMs(50_000));

const secondsOf = async (jobId: number) =>
  (await belfry.executions(jobId)).map(({ executionTime }) => executionTime.getTime() / 1_000);

const contiguous = (first: number, length: number) => Array.from({ length }, (_, place) => first + place);

describe('while Redis is unreachable for eight minutes', () => {
  test('ticks write every occurrence in time while Redis is unreachable, and each asks Redis at most twice', async () => {
    const job = await belfry.createJob(aJob({ schedule: '* * * * * *', isActive: false }));
    const redis = makeAway('Redis');
    const parts = { queue: queueThatIsAway(redis.call) };
    await compose({ ...belfry.parts, ...parts }).changeJob(job.id, { isActive: true });
    expect(redis.takeCalls()).toBe(1);
    const startMs = belfry.clock.nowMs();
    for (let minute = 1; minute <= 8; minute += 1) {
      await belfry.clock.advanceTo(startMs + minute * MINUTE);
      const report = await tick(parts);
      expect(report).toMatchObject({ isComplete: true, failedParts: ['Redis'] });
      expect(redis.takeCalls()).toBeLessThanOrEqual(2);
      const seconds = await secondsOf(job.id);
      expect(seconds.at(-1)).toBeGreaterThanOrEqual((belfry.clock.nowMs() - TIMEOUT_MS * 2) / 1_000 + 120);
      expect(seconds).toEqual(contiguous(seconds[0]!, seconds.length));
    }
  });

  test('nothing is lost while Redis is unreachable: the next tick queues everything and workers run it', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 * * * * *', api: target.url }));
    const redis = makeAway('Redis');
    const startMs = belfry.clock.nowMs();
    for (let minute = 1; minute <= 8; minute += 1) {
      await belfry.clock.advanceTo(startMs + minute * MINUTE);
      await tick({ queue: queueThatIsAway(redis.call) });
    }
    await belfry.redis.flushdb();
    await belfry.purgeWakeUps();
    await belfry.clock.advanceTo(startMs + 9 * MINUTE);
    const report = await tick();
    expect(report).toMatchObject({ failedParts: [], overdue: 9 });
    expect(await belfry.countWakeUps()).toBeGreaterThan(1);
    expect(await work()).toMatchObject({ succeeded: 9 });
    const executions = await belfry.executions(job.id);
    const ended = executions.filter(({ status }) => status === 'SUCCESS');
    expect(ended.map(({ executionTime }) => executionTime.getTime())).toEqual(
      contiguous(1, 9).map((minute) => startMs + minute * MINUTE),
    );
  });
});

test('a tick repeats a call when Redis fails once', async () => {
  await belfry.createJob(aJob({ schedule: '0 10 10 * * *' }));
  await belfry.clock.advanceTo('2030-03-04T10:09:00Z');
  let calls = 0;
  const enqueue: Parts['queue']['enqueue'] = (...args) => {
    calls += 1;
    return calls === 1 ? Promise.reject(new UnavailableError('Redis')) : belfry.queue.enqueue(...args);
  };
  const report = await tick({ queue: { ...belfry.queue, enqueue } });
  expect(report).toMatchObject({ executions: 1, requeued: 1, failedParts: ['Redis'] });
  expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
  expect(await belfry.countWakeUps()).toBe(1);
});

test('while SQS is unreachable ticks write and queue every occurrence, and each asks SQS at most twice', async () => {
  const job = await belfry.createJob(aJob({ schedule: '* * * * * *' }));
  await belfry.purgeWakeUps();
  const sqs = makeAway('SQS');
  const startMs = belfry.clock.nowMs();
  for (let minute = 1; minute <= 8; minute += 1) {
    await belfry.clock.advanceTo(startMs + minute * MINUTE);
    expect(await tick({ publishWakeUps: sqs.call })).toMatchObject({
      isComplete: true,
      failedParts: ['SQS'],
    });
    expect(sqs.takeCalls()).toBeLessThanOrEqual(2);
  }
  const seconds = await secondsOf(job.id);
  expect(seconds).toEqual(contiguous(startMs / 1_000 + 1, seconds.length));
  const { ready, scheduled } = await belfry.queue.stats(belfry.clock.nowMs());
  expect(ready + scheduled).toBe(seconds.length);
  expect(await belfry.countWakeUps()).toBe(0);
  await tick();
  expect(await belfry.countWakeUps()).toBeGreaterThan(0);
});

test('a tick whose dispatch fails still repairs what an earlier crash left, and then fails', async () => {
  await belfry.createJob(aJob({ schedule: '0 1 10 * * *' }));
  await belfry.redis.flushdb();
  const pool: Parts['pool'] = {
    ...belfry.pool,
    connect: () => Promise.reject(new UnavailableError('PostgreSQL')),
  };
  await expect(tick({ pool })).rejects.toThrow('PostgreSQL');
  expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
});

test('a job that is created while Redis is unreachable is written with every occurrence up to the look-ahead', async () => {
  const redis = makeAway('Redis');
  const api = compose({ ...belfry.parts, queue: queueThatIsAway(redis.call) });
  const job = await api.createJob(aJob({ schedule: '* * * * * *' }));
  expect(redis.takeCalls()).toBe(1);
  const startSeconds = belfry.clock.nowMs() / 1_000;
  const lookAheadSeconds = belfry.settings.lookAheadMs / 1_000;
  expect((await secondsOf(job.id)).length).toBeGreaterThanOrEqual(lookAheadSeconds - TIMEOUT_MS / 1_000);
  expect((await secondsOf(job.id))[0]).toBe(startSeconds - TIMEOUT_MS / 1_000 + 1);
});
