import { describe, expect, test } from 'vitest';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import {
  ears,
  executionsOf,
  failing,
  once,
  reports,
  runAgain,
  setUpCallbacks,
  tick,
  workAll,
} from './callbacks-fixture.ts';
import { belfry, createDueJob, DUE, target } from './worker-fixture.ts';

setUpCallbacks();

describe('the count of failures and the last outcome in the answer of a job', () => {
  const outcomes = async (id: number) => {
    const now = belfry.clock.now();
    const { items } = await listJobs(belfry.parts.pool, { limit: 10, offset: 0, maxBytes: 1_000_000 }, now);
    const single = (await findJob(belfry.parts.pool, id, now))?.lastOutcome;
    return [single, items.find((job) => job.id === id)?.lastOutcome];
  };

  test('the last outcome follows each execution before a tick has come', async () => {
    target.answerWith(500);
    const job = await createDueJob(once);
    expect(job.lastOutcome).toBeNull();
    expect(await outcomes(job.id)).toEqual([null, null]);
    await belfry.clock.advanceTo(DUE);
    await workAll();
    expect(await outcomes(job.id)).toEqual(['FAILED', 'FAILED']);
    await runAgain(job.id, 200);
    expect(await outcomes(job.id)).toEqual(['SUCCESS', 'SUCCESS']);
    expect((await belfry.changeJob(job.id, { timeoutMs: 5_000 })).lastOutcome).toBe('SUCCESS');
    await runAgain(job.id, 500);
    expect(await outcomes(job.id)).toEqual(['FAILED', 'FAILED']);
  });

  const counts = async (id: number) => {
    const now = belfry.clock.now();
    const page = { limit: 10, offset: 0, maxBytes: 1_000_000 };
    const { items } = await listJobs(belfry.parts.pool, page, now);
    const single = (await findJob(belfry.parts.pool, id, now))?.failuresInARow;
    return [single, items.find((job) => job.id === id)?.failuresInARow];
  };

  test('the count grows with each failure, and a success resets it before the next tick', async () => {
    target.answerWith(500);
    const job = await createDueJob(once);
    expect(job.failuresInARow).toBe(0);
    expect(await counts(job.id)).toEqual([0, 0]);
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 500);
    expect(await counts(job.id)).toEqual([2, 2]);
    const changed = await belfry.changeJob(job.id, { name: 'failing' });
    expect(changed.failuresInARow).toBe(2);
    expect((await belfry.changeJob(job.id, { timeoutMs: 5_000 })).failuresInARow).toBe(2);
    await runAgain(job.id, 200);
    expect(await failing()).toHaveLength(1);
    expect(await counts(job.id)).toEqual([0, 0]);
    await tick();
    expect(await counts(job.id)).toEqual([0, 0]);
  });

  test('reports that fail do not count', async () => {
    target.answerWith(500);
    ears.answerWith(410);
    const job = await createDueJob({ ...once, onFailure: ears.url });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    expect((await executionsOf(job.id)).map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
    expect(await counts(job.id)).toEqual([1, 1]);
  });
});

describe('pauseAfterFailures', () => {
  test('the job is paused after that number of failures in a row, and a resume resets the count', async () => {
    target.answerWith(500);
    const job = await createDueJob({
      ...once,
      schedule: '@every 10s',
      isRecurring: true,
      pauseAfterFailures: 2,
      onFailure: ears.url,
    });
    for (let n = 0; n < 2; n += 1) {
      await belfry.clock.advanceBy(10_000);
      await tick();
      await workAll();
    }
    expect(await failing()).toEqual([{ count: 2, paused: true }]);
    expect(reports().map(({ data }) => data.pausesJob)).toEqual([false, true]);
    const sent = target.requests.length;
    await belfry.clock.advanceBy(30_000);
    await tick();
    await workAll();
    expect(target.requests).toHaveLength(sent);
    const { rows } = await belfry.parts.pool.query(
      `select actor ->> 'name' as name from audit_log where action = 'JOB_PAUSED'`,
    );
    expect(rows).toEqual([{ name: 'pauseAfterFailures' }]);
    await belfry.changeJob(job.id, { isActive: true, onRecovery: ears.url });
    expect(await failing()).toEqual([{ count: 2, paused: false }]);
    await runAgain(job.id, 500);
    expect(await failing()).toEqual([{ count: 3, paused: false }]);
    await runAgain(job.id, 200);
    await tick();
    await workAll();
    expect(reports().at(-1)).toMatchObject({ type: 'job.recovered', data: { failuresInARow: 3 } });
  });

  test('a success in between resets the count', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, pauseAfterFailures: 2 });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 200);
    await runAgain(job.id, 500);
    await tick();
    expect(await failing()).toEqual([{ count: 1, paused: false }]);
  });

  test('a job that was resumed before Belfry paused it stays active', async () => {
    target.answerWith(500);
    const job = await createDueJob({
      ...once,
      schedule: '@every 10s',
      isRecurring: true,
      pauseAfterFailures: 1,
    });
    await belfry.parts.pool.query(
      `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time, must_pause)
       values ($1, 1, $2, $2, true)`,
      [job.id, belfry.clock.now()],
    );
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    await tick();
    const { rows } = await belfry.parts.pool.query('select is_active as "isActive" from jobs');
    expect(rows).toEqual([{ isActive: true }]);
  });
});
