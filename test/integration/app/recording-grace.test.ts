import { expect, test } from 'vitest';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { recordOutcomes } from '../../../lib/db/record-outcomes.ts';
import { compose } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import { belfry, createDueJob, DUE, setUpWorker, theExecution } from './worker-fixture.ts';
import { succeeded } from '../../support/outcomes.ts';

setUpWorker();

const TOKEN = '00000000-0000-4000-8000-000000000001';
const GRACE_MS = 3_000;
const later = (ms: number): Date => new Date(Date.parse(DUE) + ms);

/** A request has left, and PostgreSQL returns after its lease has expired: a tick runs first. */
async function tickAfterOutage() {
  const job = await createDueJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
  const { id } = await theExecution(job.id);
  const execution = { id, executionTime: later(0) };
  await claimExecutions(belfry.pool, {
    executions: [execution],
    claimToken: TOKEN,
    now: later(0),
    dueBy: later(0),
    leaseExpiresAt: later(21_000),
  });
  await belfry.clock.advanceTo(later(60_000));
  const settings = { ...belfry.parts.settings, recordingGraceMs: GRACE_MS };
  const tick = compose({ ...belfry.parts, settings }).runTick(belfry.inMs(50_000));
  await until(() => belfry.clock.sleeperCount() > 0);
  return { job, execution, tick };
}

test('a worker that kept an outcome while PostgreSQL was unreachable records it before its claim is freed', async () => {
  const { job, execution, tick } = await tickAfterOutage();
  const outcome = { ...succeeded, claimToken: TOKEN };
  await recordOutcomes(belfry.pool, [{ ...execution, ...outcome }], later(61_000));
  await belfry.clock.advanceBy(GRACE_MS);
  expect(await tick).toMatchObject({ freed: 0 });
  expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
});

test('a claim whose worker does not record an outcome is freed by the same tick', async () => {
  const { job, tick } = await tickAfterOutage();
  await belfry.clock.advanceBy(GRACE_MS);
  expect(await tick).toMatchObject({ freed: 1, failed: 1 });
  expect(await theExecution(job.id)).toMatchObject({ status: 'FAILED' });
});

test('a tick does not wait when no lease has expired', async () => {
  await createDueJob();
  const settings = { ...belfry.parts.settings, recordingGraceMs: GRACE_MS };
  await compose({ ...belfry.parts, settings }).runTick(belfry.inMs(50_000));
});
