import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSqsClient } from '../../../lib/sqs/client.ts';
import { makePublishWakeUps, type PublishWakeUps } from '../../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { aJob } from '../../support/a-job.ts';
import { makeTestApi } from '../../support/api-harness.ts';
import { compose } from '../../support/belfry.ts';
import { startRawTarget, type RawTarget } from '../../support/raw-target.ts';
import { belfry, DUE, setUpWorker, target, TIMEOUT_MS } from './worker-fixture.ts';

/** SQS accepts connections and does not answer: everything that works without SQS must continue. */

setUpWorker();

let silent: RawTarget;
let publishWakeUps: PublishWakeUps;

/** The most time that one publication takes. */
const PUBLISH_MS = 5_000;

beforeEach(async () => {
  silent = await startRawTarget(() => {});
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret key');
  publishWakeUps = makePublishWakeUps({
    sqs: createSqsClient({ region: 'eu-central-1', endpoint: silent.url }),
    queueUrl: `${silent.url}/1/queue`,
    clock: systemClock,
    timeoutMs: PUBLISH_MS,
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await silent.close();
});

const withSilentSqs = () => compose({ ...belfry.parts, publishWakeUps });

test('a POST is answered while SQS is silent, and its job is stored and dispatched', async () => {
  const { createJob } = withSilentSqs();
  const api = makeTestApi({ createJob, clock: belfry.clock });
  const json = { schedule: DUE, api: target.url, isRecurring: false };
  const reply = await api.call('POST', '/api/v1/jobs', { json });
  expect(reply.status).toBe(201);
  expect(await belfry.executions(reply.json.id)).toMatchObject([{ status: 'SCHEDULED' }]);
});

test('a tick ends while SQS is silent, and has dispatched all due executions', async () => {
  const job = await belfry.createJob(
    aJob({ schedule: '2030-03-04T10:10:00.000Z', isRecurring: false, api: target.url }),
  );
  await belfry.clock.advanceTo('2030-03-04T10:08:00.000Z');
  const startedMs = performance.now();
  const { runTick } = withSilentSqs();
  await runTick(belfry.inMs(50_000)).catch(() => {});
  expect(performance.now() - startedMs).toBeLessThan(PUBLISH_MS + 5_000);
  expect(await belfry.executions(job.id)).toMatchObject([{ status: 'SCHEDULED' }]);
  expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
});

test('a worker sends all of 3,000 due requests while SQS is silent', { timeout: 60_000 }, async () => {
  const jobs = Array.from({ length: 100 }, () =>
    aJob({ schedule: DUE, isRecurring: false, api: target.url }),
  );
  for (let batch = 0; batch < 30; batch += 1) await belfry.createJobs(jobs);
  await belfry.clock.advanceTo(DUE);
  // Acts as if each take found that it is this worker's turn to wake others.
  const queue = { ...belfry.queue, claimFanOut: async () => true };
  const { runWorker } = compose({ ...belfry.parts, queue, publishWakeUps });
  const report = await runWorker(belfry.inMs(TIMEOUT_MS));
  expect(report).toMatchObject({ attempts: 3_000, succeeded: 3_000 });
});
