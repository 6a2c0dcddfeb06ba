import { describe, expect, test } from 'vitest';
import { listExecutions } from '../../../lib/app/list-executions.ts';
import { getJobStats } from '../../../lib/app/read-jobs.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { insertExecutions } from '../../../lib/db/dispatch-executions.ts';
import { deleteFromDefault } from '../../../lib/db/drop-partitions.ts';
import { listHistory } from '../../../lib/db/execution-history.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import type { ExecutionFilter } from '../../../lib/domain/execution-filter.ts';
import { noFilter } from '../../support/no-filter.ts';
import { belfry, createMissing, setUpMissing, START, storedOf, theSkipped, tick } from './skipped-fixture.ts';

setUpMissing();

describe('a SKIPPED execution', () => {
  const createSkipped = async (fields = {}) => {
    const job = await createMissing(fields);
    await belfry.clock.advanceTo('2030-03-04T15:01:00Z');
    await tick();
    return { job, skipped: await theSkipped(job.id) };
  };

  test('a SKIPPED execution cannot be retried or cancelled', async () => {
    const { job, skipped } = await createSkipped();
    await expect(belfry.retryExecution(skipped.id, { force: true })).rejects.toMatchObject({
      code: 'EXECUTION_NOT_RETRYABLE',
      message: `execution ${skipped.id} stands for occurrences that were skipped, and sent no request that could be repeated; run the job with POST /api/v1/jobs/${job.id}/run`,
    });
    await expect(belfry.cancelExecution(skipped.id)).rejects.toMatchObject({
      code: 'EXECUTION_ENDED',
      message: `execution ${skipped.id} has already ended with SKIPPED, so it cannot be cancelled`,
    });
  });

  test('a SKIPPED execution is in the history of its job and in the lists of all executions, alone and among others', async () => {
    const { job, skipped } = await createSkipped({ tags: ['reports'] });
    await belfry.pool.query(
      `update job_executions set status = 'SUCCESS', finished_at = $1 where execution_time = '2030-03-04T15:00:00Z'`,
      [belfry.clock.now()],
    );
    const idsOf = async (filter: Partial<ExecutionFilter>) => {
      const { items } = await listExecutions(
        belfry.pool,
        { ...noFilter, ...filter },
        { limit: 10 },
        belfry.clock.now(),
      );
      return items.map(({ id, status, skippedCount }) => [id, status, skippedCount]);
    };
    const [, instead] = await belfry.executions(job.id);
    const own = [skipped.id, 'SKIPPED', 29];
    const both = [[instead!.id, 'SUCCESS', null], own];
    expect(await idsOf({ statuses: ['SKIPPED'] })).toEqual([own]);
    expect(await idsOf({})).toEqual(both);
    expect(await idsOf({ tag: 'reports', statuses: ['SKIPPED', 'FAILED'] })).toEqual([own]);
    expect(await idsOf({ tag: 'reports' })).toEqual(both);
    expect(await idsOf({ jobId: job.id })).toEqual(both);
    expect(await idsOf({ jobId: job.id, statuses: ['SKIPPED'] })).toEqual([own]);
    const history = await listHistory(belfry.pool, job.id, { limit: 10, offset: 0 });
    expect(history.items.map(({ id }) => id)).toEqual([instead!.id, skipped.id]);
  });

  test('a SKIPPED execution is kept for the retention after its last occurrence, also without a partition of that day', async () => {
    const job = await createMissing({ schedule: '0 0 0 * * MON' });
    await belfry.clock.advanceTo('2030-03-27T00:00:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['2 from 00:00:00 to 00:00:00, by TICK', 'SCHEDULED 00:00:00']);
    const { executionTime, id } = await theSkipped(job.id);
    expect(executionTime).toEqual(new Date('2030-03-18T00:00:00Z'));
    const remains = async (before: string) => {
      await deleteFromDefault(belfry.pool, new Date(before));
      return (await belfry.executions(job.id)).some((execution) => execution.id === id);
    };
    expect(await remains('2030-03-18T00:00:00Z')).toBe(true);
    expect(await remains('2030-03-19T00:00:00Z')).toBe(false);
  });

  test('a tick of the previous version that dispatches the occurrence does not change the SKIPPED execution', async () => {
    const { job, skipped } = await createSkipped();
    const occurrence = { jobId: job.id, jobRevision: 1, executionTime: skipped.executionTime };
    expect(await insertExecutions(belfry.pool, [occurrence], belfry.clock.now())).toEqual([]);
    expect(await theSkipped(job.id)).toEqual(skipped);
  });

  test('no worker can claim a SKIPPED execution', async () => {
    const { skipped } = await createSkipped();
    const claimed = await claimExecutions(belfry.pool, {
      executions: [{ id: skipped.id, executionTime: skipped.executionTime }],
      claimToken: '11111111-1111-4111-8111-111111111111',
      now: belfry.clock.now(),
      dueBy: belfry.clock.now(),
      leaseExpiresAt: belfry.clock.now(),
    });
    expect(claimed).toEqual([]);
  });

  test('a SKIPPED execution is never in Redis, also after Redis was lost', async () => {
    const { skipped } = await createSkipped();
    await belfry.redis.flushdb();
    expect(await tick()).toMatchObject({ requeued: 1 });
    expect(await belfry.queue.findAbsent([skipped.id])).toEqual([skipped.id]);
  });

  test('skipped occurrences are in the statistics of all jobs, of the group and of the job, without a duration', async () => {
    const { job } = await createSkipped({ group: 'reports' });
    const counted = await belfry.pool.query(
      `select series, status, executions, durations, latenesses from outcome_counts
        where period_seconds = 3600 order by series`,
    );
    const none = { status: 'SKIPPED', executions: 29, durations: [], latenesses: [] };
    expect(counted.rows).toEqual([
      { series: 'all', ...none },
      { series: 'group:reports', ...none },
    ]);
    const stats = await getJobStats(belfry.pool, job.id, {
      from: new Date(START),
      until: belfry.clock.now(),
    });
    expect(stats).toMatchObject({ succeeded: 0, failed: 0, cancelled: 0, skipped: 29, durationMs: null });
  });

  test('a SKIPPED execution does not change the last outcome or the failures of its job', async () => {
    const { job } = await createSkipped();
    expect(await findJob(belfry.pool, job.id, belfry.clock.now())).toMatchObject({
      lastOutcome: null,
      failuresInARow: 0,
    });
    const { rows } = await belfry.pool.query('select from failing_jobs');
    expect(rows).toEqual([]);
  });
});
