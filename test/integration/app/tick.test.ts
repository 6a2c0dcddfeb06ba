import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aJob } from '../../support/a-job.ts';
import { compose, createBelfry, type Belfry, type Parts } from '../../support/belfry.ts';
import { makeTestLog } from '../../support/test-log.ts';

const START = '2030-03-04T10:00:00.000Z';
const MINUTE = 60_000;

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry(START);
});
afterEach(() => belfry.close());

const times = async (jobId: number) => {
  const executions = await belfry.executions(jobId);
  return executions.map((execution) => execution.executionTime.toISOString().slice(11, 19));
};
const tick = (parts?: Partial<Parts>) =>
  (parts ? compose({ ...belfry.parts, ...parts }) : belfry).runTick(belfry.inMs(50_000));
const crash = () => Promise.reject(new Error('killed here'));

/** The point where a tick dies: it goes no further, and nothing learns of it. */
function makeDeath() {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  const die = (): Promise<never> => {
    resolve();
    return new Promise(() => {});
  };
  return { died, die };
}

describe('a tick', () => {
  test('a tick writes one execution for each occurrence up to the look-ahead and moves the schedule past it', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 */5 * * * *' }));
    await belfry.clock.advanceTo('2030-03-04T10:03:30Z');
    const report = await tick();
    expect(report).toMatchObject({ schedules: 1, executions: 1, isComplete: true, requeued: 0 });
    expect(await times(job.id)).toEqual(['10:05:00']);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1, ready: 0 });
    expect(await belfry.countWakeUps()).toBe(1);
    const again = await tick();
    expect(again).toMatchObject({ schedules: 0, executions: 0, requeued: 0 });
  });

  test('a tick writes every second of an every-second job once, even when a batch takes only some of them', async () => {
    const job = await belfry.createJob(aJob({ schedule: '* * * * * *' }));
    expect(await times(job.id)).toHaveLength(240);
    await belfry.clock.advanceBy(MINUTE);
    await tick();
    expect(await times(job.id)).toHaveLength(300);
  });

  test('two ticks at the same time share the work without doubling an occurrence', async () => {
    const jobs = await belfry.createJobs(
      Array.from({ length: 300 }, () => aJob({ schedule: '0 */10 * * * *' })),
    );
    await belfry.clock.advanceTo('2030-03-04T10:09:00Z');
    const small = compose({ ...belfry.parts, settings: { ...belfry.settings, schedulesPerBatch: 20 } });
    const reports = await Promise.all([small, small, small].map((one) => one.runTick(belfry.inMs(50_000))));
    expect(reports.reduce((sum, report) => sum + report.executions, 0)).toBe(300);
    const { rows } = await belfry.pool.query<{ count: number }>('select count(*) from job_executions');
    expect(rows[0]?.count).toBe(jobs.length);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 300 });
  });

  test('a missed tick loses no occurrence', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 * * * * *' }));
    await belfry.clock.advanceTo('2030-03-04T10:02:10Z');
    await tick();
    expect(await times(job.id)).toEqual([1, 2, 3, 4, 5, 6].map((minute) => `10:0${minute}:00`));
  });

  test('a job that missed occurrences for hours runs the latest one once, and continues from there', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 */10 * * * *' }));
    await belfry.clock.advanceTo('2030-03-04T15:09:30Z');
    await tick();
    // The execution at 14:50 is SKIPPED and stands for all occurrences up to then.
    expect(await times(job.id)).toEqual(['14:50:00', '15:00:00', '15:10:00']);
  });

  test('a missed instant runs even when it is hours late', async () => {
    const job = await belfry.createJob(aJob({ schedule: '2030-03-04T11:00:00Z', isRecurring: false }));
    await belfry.clock.advanceTo('2030-03-04T15:00:00Z');
    await tick();
    expect(await times(job.id)).toEqual(['11:00:00']);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ ready: 1 });
  });

  test('a job that does not recur is dispatched once, at its next occurrence', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 */5 * * * *', isRecurring: false }));
    await belfry.clock.advanceTo('2030-03-04T10:30:00Z');
    await tick();
    await tick();
    expect(await times(job.id)).toEqual(['10:05:00']);
  });

  test('a tick stops before its deadline and leaves the rest to the next tick', async () => {
    await belfry.createJobs(Array.from({ length: 50 }, () => aJob({ schedule: '0 */10 * * * *' })));
    await belfry.clock.advanceTo('2030-03-04T10:09:00Z');
    const settings = { ...belfry.settings, schedulesPerBatch: 10 };
    const { queue } = belfry;
    // Each delivery takes twenty seconds of the tick's fifty, while the next batch is written.
    const slow: Parts['queue'] = {
      ...queue,
      enqueue: async (...args) => {
        await belfry.clock.advanceBy(20_000);
        return queue.enqueue(...args);
      },
    };
    const first = await tick({ settings, queue: slow });
    expect(first).toMatchObject({ executions: 30, isComplete: false });
    expect(await tick({ settings })).toMatchObject({ executions: 20, isComplete: true });
  });

  test('a tick continues with the other schedules when one can no longer be read', async () => {
    const [broken, sound] = await belfry.createJobs([
      aJob({ schedule: '0 5 10 * * *' }),
      aJob({ schedule: '0 5 10 * * *' }),
    ]);
    await belfry.pool.query(`update jobs set time_zone = 'Mars/Olympus' where id = $1`, [broken!.id]);
    await belfry.clock.advanceTo('2030-03-04T10:04:00Z');
    expect(await tick()).toMatchObject({ executions: 1, isComplete: true });
    expect(await times(sound!.id)).toEqual(['10:05:00']);
    expect(await times(broken!.id)).toEqual([]);
  });
});

describe('a tick that died', () => {
  let jobId: number;
  beforeEach(async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 */5 * * * *' }));
    jobId = job.id;
    await belfry.clock.advanceTo('2030-03-04T10:04:00Z');
  });

  const expectDispatchedOnce = async () => {
    expect(await times(jobId)).toEqual(['10:05:00']);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1, ready: 0 });
    expect(await belfry.countWakeUps()).toBe(1);
  };

  test('a tick that died before its transaction ended has done nothing, and the next tick does its work', async () => {
    const pool: Parts['pool'] = {
      ...belfry.pool,
      connect: async () => {
        const connection = await belfry.pool.connect();
        return {
          ...connection,
          query: (statement, values) =>
            statement === 'commit' ? crash() : connection.query(statement, values),
        };
      },
    };
    await expect(tick({ pool })).rejects.toThrow('killed here');
    expect(await times(jobId)).toEqual([]);
    await tick();
    await expectDispatchedOnce();
  });

  test('a tick that died between PostgreSQL and Redis is repaired by the next tick', async () => {
    const { die, died } = makeDeath();
    void tick({ queue: { ...belfry.queue, enqueue: die } });
    await died;
    expect(await times(jobId)).toEqual(['10:05:00']);
    expect(await belfry.countWakeUps()).toBe(0);
    expect(await tick()).toMatchObject({ executions: 0, requeued: 1 });
    await expectDispatchedOnce();
  });

  test('a tick that died between Redis and SQS delays executions until the next tick at most', async () => {
    const { die, died } = makeDeath();
    void tick({ publishWakeUps: die });
    await died;
    expect(await belfry.countWakeUps()).toBe(0);
    await belfry.clock.advanceBy(MINUTE);
    expect(await tick()).toMatchObject({ overdue: 1 });
    expect(await times(jobId)).toEqual(['10:05:00']);
    expect(await belfry.countWakeUps()).toBeGreaterThan(0);
  });

  test('a tick that died and a Redis that lost everything are repaired by the next tick', async () => {
    await tick();
    await belfry.redis.flushdb();
    await belfry.purgeWakeUps();
    expect(await tick()).toMatchObject({ executions: 0, requeued: 1 });
    await expectDispatchedOnce();
  });
});

describe('a worker that vanished', () => {
  const claim = async (jobId: number) => {
    await belfry.pool.query(
      `update job_executions set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = $2,
              started_at = $2 where job_id = $1`,
      [jobId, new Date(belfry.clock.nowMs() + 30_000)],
    );
  };

  test('an AT_LEAST_ONCE execution of a vanished worker runs again, with one attempt spent', async () => {
    const job = await belfry.createJob(aJob({ schedule: '2030-03-04T10:00:10Z', isRecurring: false }));
    await claim(job.id);
    await belfry.clock.advanceBy(29_000);
    expect(await tick()).toMatchObject({ freed: 0 });
    await belfry.clock.advanceBy(2_000);
    expect(await tick()).toMatchObject({ freed: 1 });
    expect(await belfry.executions(job.id)).toMatchObject([{ status: 'RETRYING', retryCount: 1 }]);
    expect(await belfry.queue.overdue(belfry.clock.nowMs())).toBe(1);
  });

  test('one tick releases the work of a thousand vanished workers', async () => {
    await belfry.createJobs(
      Array.from({ length: 1_000 }, () => aJob({ schedule: '2030-03-04T10:00:02Z', isRecurring: false })),
    );
    await belfry.clock.advanceBy(2_000);
    const nowMs = belfry.clock.nowMs();
    for (let worker = 0; worker < 1_000; worker += 1)
      await belfry.queue.take({
        workerId: `worker ${worker}`,
        nowMs,
        horizonMs: nowMs,
        limit: 1,
        leaseMs: 30_000,
      });
    await belfry.clock.advanceBy(31_000);
    expect(await tick()).toMatchObject({ reclaimed: 1_000, overdue: 1_000 });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ ready: 1_000, processing: 0 });
  });

  test('an AT_MOST_ONCE execution of a vanished worker ends FAILED, its outcome unknown', async () => {
    const job = await belfry.createJob(
      aJob({ schedule: '2030-03-04T10:00:10Z', isRecurring: false, type: 'AT_MOST_ONCE', maxRetryCount: 0 }),
    );
    await claim(job.id);
    await belfry.clock.advanceBy(31_000);
    const log = makeTestLog();
    await tick({ logger: log.logger });
    const [execution] = await belfry.executions(job.id);
    expect(log.logs.find(({ event }) => event === 'execution_failed')?.fields).toMatchObject({
      executionId: execution?.id,
      jobId: job.id,
      errorMessage: expect.stringContaining('vanished'),
    });
    expect(execution?.status).toBe('FAILED');
    expect(execution?.errorMessage).toContain('outcome unknown');
  });
});
