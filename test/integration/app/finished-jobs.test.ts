import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDeleteFinishedJobs } from '../../../lib/app/delete-finished-jobs.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, createBelfry } from '../../support/belfry.ts';

const START = '2030-03-02T12:00:00Z';
const inDays = (days: number) => new Date(Date.parse(START) + days * DAY_MS);

let belfry: Belfry;
beforeAll(async () => {
  belfry = await createBelfry(START);
});
afterAll(() => belfry.close());

const deleteFinished = (now: Date) => makeDeleteFinishedJobs(belfry)(now);
const once = (fields: Partial<NewJob> = {}) =>
  aJob({ schedule: '2030-03-02T12:00:30Z', isRecurring: false, ...fields });

/** Ends the executions of a job as a worker does, at an instant. */
const end = (jobId: number, at: Date) =>
  belfry.pool.query(
    `update job_executions set status = 'SUCCESS', started_at = $2, updated_at = $2 where job_id = $1`,
    [jobId, at],
  );
const isLive = async (id: number) => (await findJob(belfry.pool, id, belfry.clock.now())) !== undefined;

describe('finished jobs', () => {
  test('a one-time job is deleted seven days after its run, and its history stays', async () => {
    const { id } = await belfry.createJob(once());
    await deleteFinished(inDays(0));
    await end(id, inDays(1));
    await deleteFinished(inDays(7.5));
    expect(await isLive(id)).toBe(true);
    expect(await deleteFinished(inDays(8.1))).toBe(1);
    expect(await isLive(id)).toBe(false);
    expect(await belfry.executions(id)).toHaveLength(1);
    const { rows } = await belfry.pool.query(
      `select actor from audit_log where subject_id = $1 and action = 'JOB_DELETED'`,
      [id],
    );
    expect(rows).toEqual([{ actor: { type: 'BELFRY', name: 'deleteFinishedAfterDays' } }]);
  });

  test('a job whose execution still waits is kept', async () => {
    const { id } = await belfry.createJob(once({ deleteFinishedAfterDays: 0 }));
    await deleteFinished(inDays(9));
    expect(await isLive(id)).toBe(true);
    await end(id, inDays(9));
    expect(await deleteFinished(inDays(10))).toBe(1);
  });

  test('a job whose failure is not reported yet is kept until it is', async () => {
    const { id } = await belfry.createJob(once({ deleteFinishedAfterDays: 0 }));
    const report = `insert into pending_callbacks (event, job_id, origin_id, created_at, data)
                    values ('job.failed', $1, 1, $2, '{}')`;
    await end(id, inDays(0));
    await belfry.pool.query(report, [id, belfry.clock.now()]);
    expect(await deleteFinished(inDays(1))).toBe(0);
    await belfry.pool.query('delete from pending_callbacks');
    expect(await deleteFinished(inDays(2))).toBe(1);
  });

  test('recurring jobs, paused jobs that never ran, and jobs that are kept for ever stay', async () => {
    const recurring = await belfry.createJob(aJob({ deleteFinishedAfterDays: 0 }));
    const paused = await belfry.createJob(once({ deleteFinishedAfterDays: 0, isActive: false }));
    const kept = await belfry.createJob(once({ deleteFinishedAfterDays: null }));
    await end(kept.id, inDays(0));
    expect(await deleteFinished(inDays(30))).toBe(0);
    for (const { id } of [recurring, paused, kept]) expect(await isLive(id)).toBe(true);
  });

  test('a job that is made recurring is no longer looked at', async () => {
    const { id } = await belfry.createJob(once());
    await belfry.changeJob(id, { schedule: '@every 60s' });
    const { rowCount } = await belfry.pool.query('select from finished_job_checks where job_id = $1', [id]);
    expect(rowCount).toBe(0);
  });

  test('a change that is under way keeps its job from being deleted', async () => {
    const { id } = await belfry.createJob(once({ deleteFinishedAfterDays: 0 }));
    await end(id, inDays(0));
    const other = await belfry.pool.connect();
    await other.query('begin');
    await other.query('select from jobs where id = $1 for update', [id]);
    await deleteFinished(inDays(1));
    await other.query('rollback');
    other.release(false);
    expect(await isLive(id)).toBe(true);
    expect(await deleteFinished(inDays(1))).toBe(1);
  });
});
