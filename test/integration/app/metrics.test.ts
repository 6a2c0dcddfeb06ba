import { beforeEach, describe, expect, test } from 'vitest';
import { makeHandler as makeScheduler } from '../../../functions/scheduler/handler.ts';
import { makeHandler as makeWorker } from '../../../functions/worker/handler.ts';
import { makeMeasureQueue } from '../../../lib/app/measure-queue.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { wakeUpBody } from '../../../lib/sqs/wake-up.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, type Parts } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import { keepMetrics } from '../../support/metrics.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, TIMEOUT_MS } from './worker-fixture.ts';

setUpWorker();

type Line = { event: string; fields: Record<string, unknown>; requestId: string };

let kept: ReturnType<typeof keepMetrics>;
let lines: Line[];
let logger: Parts['logger'];
beforeEach(() => {
  kept = keepMetrics(belfry.clock);
  lines = [];
  let requestId = '';
  const log = (event: string, fields: Record<string, unknown> = {}) => {
    // The first tick on a database records the version of the zone data.
    if (event !== 'time_zone_data_changed') lines.push({ event, fields, requestId });
  };
  logger = { info: log, warn: log, error: log, startInvocation: (id) => (requestId = id) };
});

const context = { awsRequestId: 'request-7', getRemainingTimeInMillis: () => TIMEOUT_MS };
const partsWith = (parts: Partial<Parts>): Parts => ({
  ...belfry.parts,
  logger,
  emitMetrics: kept.emitMetrics,
  ...parts,
});

function tick(broken: Partial<Parts> = {}) {
  const parts = partsWith(broken);
  const { runTick } = compose(parts);
  return makeScheduler({ ...parts, runTick, measureQueue: makeMeasureQueue(parts) })({}, context);
}

function work(broken: Partial<Parts> = {}) {
  const parts = partsWith(broken);
  const handler = makeWorker({ ...parts, ...compose(parts), signal: new AbortController().signal });
  const record = { messageId: 'message-1', body: wakeUpBody };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the handler reads nothing else of a record
  return handler({ Records: [record] } as Parameters<typeof handler>[0], context);
}

const away = () => Promise.reject(new UnavailableError('away'));
const depth = { QueueReady: 1, QueueScheduled: 1, QueueRetry: 0, QueueProcessing: 0 };

describe('the metrics of a tick', () => {
  beforeEach(async () => {
    await belfry.createJob(aJob({ schedule: '2030-03-04T10:00:02Z', isRecurring: false }));
    await belfry.createJob(aJob({ schedule: '0 */5 * * * *' }));
    await belfry.clock.advanceTo('2030-03-04T10:04:00.500Z');
  });

  test('a tick emits the work that it did and the work that waits afterwards', async () => {
    await tick();
    expect(kept.documents).toEqual([
      {
        TickDuration: 0,
        TickSchedules: 1,
        TickExecutions: 1,
        TickIncomplete: 0,
        TickFailedParts: 0,
        ClaimsFreed: 0,
        ExecutionsReclaimed: 0,
        ExecutionsRequeued: 0,
        ExecutionsFailed: 0,
      },
      { ...depth, JobsFailing: 0, OldestDueAge: 238.5 },
    ]);
    expect(lines).toMatchObject([{ event: 'tick', requestId: 'request-7' }]);
  });

  test('a tick counts its repairs', async () => {
    const job = await belfry.createJob(
      aJob({ schedule: '2030-03-04T10:04:10Z', isRecurring: false, type: 'AT_MOST_ONCE', maxRetryCount: 0 }),
    );
    await belfry.pool.query(
      `update job_executions set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = $2,
              started_at = $2 where job_id = $1`,
      [job.id, belfry.clock.now()],
    );
    await belfry.redis.flushdb();
    await tick();
    expect(kept.documents[0]).toMatchObject({ ClaimsFreed: 1, ExecutionsFailed: 1, ExecutionsRequeued: 1 });
    expect(kept.documents[1]).toMatchObject({ ...depth, OldestDueAge: 238.5 });
  });

  test('a tick that ran out of time is reported as incomplete', async () => {
    // The second batch is written while the first is delivered, and is delivered too; the third finds no time left.
    for (let count = 0; count < 2; count += 1)
      await belfry.createJob(aJob({ schedule: '2030-03-04T10:09:00Z', isRecurring: false }));
    await belfry.clock.advanceTo('2030-03-04T10:06:00Z');
    const queue: Parts['queue'] = {
      ...belfry.queue,
      enqueue: async (...args) => {
        await belfry.clock.advanceBy(TIMEOUT_MS);
        return belfry.queue.enqueue(...args);
      },
    };
    await tick({ queue, settings: { ...belfry.settings, schedulesPerBatch: 1 } });
    expect(kept.documents[0]).toMatchObject({ TickIncomplete: 1, TickDuration: 2 * TIMEOUT_MS });
  });

  test('a tick keeps the measured depth of the queue for the statistics of the minute', async () => {
    await tick();
    const { rows } = await belfry.pool.query<Record<string, unknown>>(
      'select starts_at, ready, scheduled, retrying, processing from queue_depths where period_seconds = 60',
    );
    const { QueueReady, QueueScheduled, QueueRetry, QueueProcessing } = kept.documents[1]!;
    expect(rows).toEqual([
      {
        starts_at: expect.any(Date),
        ready: QueueReady,
        scheduled: QueueScheduled,
        retrying: QueueRetry,
        processing: QueueProcessing,
      },
    ]);
  });

  test('a tick does not fail when the queue depth cannot be read; the age comes from PostgreSQL', async () => {
    await expect(tick({ queue: { ...belfry.queue, stats: away } })).resolves.toMatchObject({ executions: 1 });
    expect(kept.documents[1]).toEqual({ JobsFailing: 0, OldestDueAge: 238.5 });
    expect(lines).toMatchObject([
      { event: 'tick' },
      { event: 'not_measured', fields: { what: 'queue depth', error: { message: expect.any(String) } } },
    ]);
  });

  test('a tick without SQS emits the work that it did and the number of failed steps', async () => {
    await expect(tick({ publishWakeUps: away })).resolves.toMatchObject({ failedParts: ['SQS'] });
    expect(kept.documents[0]).toMatchObject({ TickExecutions: 1, TickFailedParts: 1 });
    expect(lines).toMatchObject([
      { event: 'part_failed', fields: { part: 'SQS', error: { message: expect.stringContaining('away') } } },
      { event: 'part_failed', fields: { part: 'SQS' } },
      { event: 'tick' },
    ]);
  });

  test('a tick that fails emits the waiting work and no duration, so that it does not count as a tick', async () => {
    const pool: Parts['pool'] = { ...belfry.pool, connect: away };
    await expect(tick({ pool })).rejects.toThrow('away');
    expect(kept.documents).toEqual([{ ...depth, QueueScheduled: 0, JobsFailing: 0, OldestDueAge: 238.5 }]);
    const failed = lines.map(({ event, fields }) => [event, fields['part']]);
    expect(failed.slice(0, 3)).toEqual([
      ['part_failed', 'partitions'],
      ['part_failed', 'time zones'],
      ['part_failed', 'dispatch'],
    ]);
    expect(failed.at(-1)).toEqual(['tick_failed', undefined]);
  });

  test('a tick reports nothing overdue when every waiting execution is due later', async () => {
    await belfry.pool.query(`delete from job_executions where execution_time < $1`, [belfry.clock.now()]);
    await tick();
    expect(kept.documents[1]).toMatchObject({ OldestDueAge: 0 });
  });
});

describe('the metrics of a worker', () => {
  test('a worker emits outcomes and the lateness of each request', async () => {
    await createDueJob();
    await createDueJob({ schedule: '2030-03-04T10:00:03Z' });
    await createDueJob({ schedule: '2030-03-04T10:00:03Z' });
    await belfry.clock.advanceTo('2030-03-04T10:00:05.004Z');
    expect(await work()).toEqual({ batchItemFailures: [] });
    expect(kept.documents).toEqual([
      { ExecutionsSucceeded: 3, ExecutionsFailed: 0, Retries: 0, ClaimsLost: 0 },
      { Lateness: { Values: [4, 2_004], Counts: [1, 2], Min: 4, Max: 2_004, Sum: 4_012, Count: 3 } },
    ]);
    expect(lines).toMatchObject([{ event: 'worker_run', requestId: 'request-7' }]);
  });

  test('the lateness of a retry counts from the instant it was due, even when the queue has forgotten it', async () => {
    await createDueJob({ maxRetryCount: 1 });
    await belfry.clock.advanceTo(DUE);
    target.answerWith(503);
    await work();
    expect(kept.documents).toMatchObject([{ Retries: 1 }, { Lateness: { Values: [0] } }]);
    // The retry is due after a second of backoff. The queue shows it as ready, without its instant, because the first taker held
    // it until now.
    await belfry.clock.advanceBy(1_000);
    const { nowMs } = belfry.clock;
    await belfry.queue.take({ workerId: 'w', nowMs: nowMs(), horizonMs: nowMs(), limit: 1, leaseMs: 1_000 });
    await belfry.clock.advanceBy(6_000);
    await belfry.queue.reclaim({ nowMs: nowMs(), limit: 10 });
    await work();
    expect(kept.documents.slice(2)).toMatchObject([
      { ExecutionsFailed: 1 },
      { Lateness: { Values: [6_000] } },
    ]);
  });

  test('a worker that sent nothing emits no lateness', async () => {
    await work();
    expect(kept.documents).toEqual([
      { ExecutionsSucceeded: 0, ExecutionsFailed: 0, Retries: 0, ClaimsLost: 0 },
    ]);
  });

  test('a worker that fails emits the work it had done', async () => {
    await createDueJob();
    await belfry.clock.advanceTo(DUE);
    // The queue becomes unreachable after it has handed out the due work.
    const queue: Parts['queue'] = { ...belfry.queue, settle: away, release: away, retire: away };
    expect(await work({ queue })).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(kept.documents).toMatchObject([{ ExecutionsSucceeded: 1 }, { Lateness: { Count: 1 } }]);
  });

  test('a worker counts a claim that it lost', async () => {
    target.answerWith('hang');
    await createDueJob({ timeoutMs: 300, maxRetryCount: 0 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    await belfry.pool.query(`update job_executions set claim_token = gen_random_uuid()`);
    await running;
    expect(kept.documents[0]).toEqual({
      ExecutionsSucceeded: 0,
      ExecutionsFailed: 0,
      Retries: 0,
      ClaimsLost: 1,
    });
  });
});
