import { expect, test } from 'vitest';
import { makeHandler as makeScheduler } from '../../../functions/scheduler/handler.ts';
import { makeHandler as makeWorker } from '../../../functions/worker/handler.ts';
import { makeCheckedClock, type CheckedClock } from '../../../lib/clock/checked-clock.ts';
import { readServerTime } from '../../../lib/db/server-time.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { wakeUpBody } from '../../../lib/sqs/wake-up.ts';
import { compose } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import {
  belfry,
  createDueJob,
  DUE,
  setUpWorker,
  target,
  theExecution,
  TIMEOUT_MS,
} from './worker-fixture.ts';

/** The clock of one environment is 30 s ahead; PostgreSQL's clock, the true time, is the clock of the tests. */

setUpWorker();

const AHEAD_MS = 30_000;
const context = { awsRequestId: 'request-7', getRemainingTimeInMillis: () => TIMEOUT_MS };

function aheadClock(referenceMs = async () => belfry.clock.nowMs()): CheckedClock {
  const { nowMs, sleepUntil } = belfry.clock;
  const sources = {
    hostMs: () => nowMs() + AHEAD_MS,
    monotonicMs: nowMs,
    referenceMs,
    wait: () => new Promise<void>(() => {}),
  };
  return { ...makeCheckedClock(sources, () => {}), sleepUntil };
}

function work(clock: CheckedClock) {
  const parts = { ...belfry.parts, clock };
  const handler = makeWorker({ ...parts, ...compose(parts), signal: new AbortController().signal });
  const record = { messageId: 'message-1', body: wakeUpBody };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the handler reads nothing else of a record
  return handler({ Records: [record] } as Parameters<typeof handler>[0], context);
}

const away = () => Promise.reject(new UnavailableError('PostgreSQL'));

test('a worker whose clock is 30 s ahead sends at the due instant, not earlier', async () => {
  const job = await createDueJob();
  await work(aheadClock());
  expect(target.requests).toHaveLength(0);
  await belfry.clock.advanceTo(Date.parse(DUE) - 2_000);
  const working = work(aheadClock());
  await until(() => belfry.clock.sleeperCount() > 0);
  expect(target.requests).toHaveLength(0);
  await belfry.clock.advanceTo(DUE);
  await until(() => target.requests.length === 1);
  await working;
  expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
});

test('a worker that cannot ask for the time runs nothing, and its wake-ups return to the queue', async () => {
  const job = await createDueJob();
  expect(await work(aheadClock(away))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  expect(target.requests).toHaveLength(0);
  expect(await theExecution(job.id)).toMatchObject({ status: 'SCHEDULED' });
});

test('a tick whose clock is 30 s ahead frees no claim whose lease still runs', async () => {
  const job = await createDueJob();
  const leaseExpiresAt = new Date(belfry.clock.nowMs() + AHEAD_MS / 2);
  await belfry.pool.query(
    `update job_executions set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = $1`,
    [leaseExpiresAt],
  );
  const parts = { ...belfry.parts, clock: aheadClock() };
  const measureQueue = async () => ({});
  await makeScheduler({ ...parts, ...compose(parts), measureQueue })({}, context);
  expect(await theExecution(job.id)).toMatchObject({ status: 'RUNNING' });
});

test('PostgreSQL reports its time in milliseconds, between the question and the answer', async () => {
  const before = Date.now();
  const said = await readServerTime(belfry.pool);
  expect(said).toBeGreaterThanOrEqual(before);
  expect(said).toBeLessThanOrEqual(Date.now());
});
