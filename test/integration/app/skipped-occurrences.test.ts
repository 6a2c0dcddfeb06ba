import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listExecutions } from '../../../lib/app/list-executions.ts';
import { getJobStats } from '../../../lib/app/read-jobs.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { insertExecutions } from '../../../lib/db/dispatch-executions.ts';
import { deleteFromDefault } from '../../../lib/db/drop-partitions.ts';
import { listHistory } from '../../../lib/db/execution-history.ts';
import type { ExecutionFilter } from '../../../lib/domain/execution-filter.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import { noFilter } from '../../support/no-filter.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, createBelfry, type Belfry } from '../../support/belfry.ts';

const START = '2030-03-04T10:00:00.000Z';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry(START);
});
afterEach(() => belfry.close());

const tick = () => belfry.runTick(belfry.inMs(50_000));
/** Creates a job for which no tick comes, because the clock jumps. */
const createMissing = (fields = {}) => belfry.createJob(aJob({ schedule: '0 */10 * * * *', ...fields }));
const timeOf = (at: Date | null) => at?.toISOString().slice(11, 19);

/** The occurrences of a job in words, such as `29 from 10:10:00 to 14:50:00, by TICK`. */
async function storedOf(jobId: number): Promise<string[]> {
  const { rows } = await belfry.pool.query<{
    status: string;
    at: Date;
    first: Date | null;
    count: number | null;
    by: string | null;
  }>(
    `select status, execution_time as at, skipped_from as first, skipped_count as count, late_dispatch_by as by
       from job_executions where job_id = $1 order by execution_time`,
    [jobId],
  );
  return rows.map(({ status, at, first, count, by }) =>
    status === 'SKIPPED'
      ? `${count} from ${timeOf(first)} to ${timeOf(at)}, by ${by}`
      : `${status} ${timeOf(at)}`,
  );
}

const theSkipped = async (jobId: number) => {
  const found = (await belfry.executions(jobId)).find(({ status }) => status === 'SKIPPED');
  if (found === undefined) throw new Error(`job ${jobId} has no SKIPPED execution`);
  return found;
};

describe('occurrences that a misfire skips', () => {
  test('a tick records the occurrences that it skips, next to the one that it dispatches', async () => {
    const job = await createMissing();
    await belfry.clock.advanceTo('2030-03-04T15:09:30Z');
    expect(await tick()).toMatchObject({ schedules: 1, executions: 2 });
    expect(await storedOf(job.id)).toEqual([
      '29 from 10:10:00 to 14:50:00, by TICK',
      'SCHEDULED 15:00:00',
      'SCHEDULED 15:10:00',
    ]);
    await tick();
    expect(await storedOf(job.id)).toHaveLength(3);
  });

  test('a schedule that is at most five minutes behind skips nothing', async () => {
    const job = await createMissing({ schedule: '0 * * * * *' });
    await belfry.clock.advanceTo('2030-03-04T10:10:00Z');
    await tick();
    expect((await belfry.executions(job.id)).map(({ status }) => status)).not.toContain('SKIPPED');
  });

  test('a job that runs once is never skipped, however late it is', async () => {
    const job = await createMissing({ schedule: '2030-03-04T10:30:00Z' });
    await belfry.clock.advanceTo('2030-03-04T10:36:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['SCHEDULED 10:30:00']);
  });

  test('an every-second job that is 60 days behind has an exact count, and the tick is quick', async () => {
    const job = await createMissing({ schedule: '* * * * * *' });
    await belfry.clock.advanceTo('2030-05-03T10:00:00Z');
    await tick();
    const [skipped] = (await storedOf(job.id)).filter((words) => words.includes('from'));
    // The first 240 s were dispatched when the job was created, and the latest occurrence runs.
    expect(skipped).toBe(`${60 * 86_400 - 240 - 1} from 10:04:01 to 09:59:59, by TICK`);
  });

  test('an interval skips from its own times', async () => {
    const job = await createMissing({ schedule: '@every 10m' });
    await belfry.clock.advanceTo('2030-03-04T11:05:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['5 from 10:10:00 to 10:50:00, by TICK', 'SCHEDULED 11:00:00']);
  });

  test('a change of the clock within the outage is counted by the clock of the job', async () => {
    const job = await createMissing({ schedule: '0 30 2 * * *', timeZone: 'Europe/Berlin' });
    await belfry.clock.advanceTo('2030-04-02T12:00:00Z');
    await tick();
    const skipped = (await belfry.executions(job.id)).find(({ status }) => status === 'SKIPPED');
    expect(await storedOf(job.id)).toContain('28 from 01:30:00 to 00:30:00, by TICK');
    expect(skipped?.executionTime.toISOString()).toBe('2030-04-01T00:30:00.000Z');
  });

  test('two ticks at once record skipped occurrences once', async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, () => createMissing()));
    await belfry.clock.advanceTo('2030-03-04T15:09:30Z');
    const small = compose({ ...belfry.parts, settings: { ...belfry.settings, schedulesPerBatch: 3 } });
    await Promise.all([small, small].map((one) => one.runTick(belfry.inMs(50_000))));
    for (const { id } of jobs) {
      const stored = await storedOf(id);
      expect(stored.filter((words) => words.startsWith('29 from'))).toHaveLength(1);
    }
  });

  test('a schedule that was unreadable for hours records what it missed', async () => {
    const job = await createMissing();
    await belfry.pool.query(`update jobs set time_zone = 'Mars/Olympus' where id = $1`, [job.id]);
    await belfry.clock.advanceTo('2030-03-04T12:00:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual([]);
    await belfry.pool.query(`update jobs set time_zone = 'UTC' where id = $1`, [job.id]);
    await belfry.clock.advanceTo('2030-03-04T13:01:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['17 from 10:10:00 to 12:50:00, by TICK', 'SCHEDULED 13:00:00']);
  });

  test('a stored next time that the schedule no longer has is skipped as one occurrence', async () => {
    const job = await createMissing();
    await belfry.pool.query(`update jobs set schedule = '0 0 12 * * *' where id = $1`, [job.id]);
    await belfry.clock.advanceTo('2030-03-04T12:01:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['1 from 10:10:00 to 10:10:00, by TICK', 'SCHEDULED 12:00:00']);
  });

  test('the batch that continues a limited one skips no occurrence', async () => {
    const job = await createMissing({ schedule: '0 * * * * *' });
    await belfry.clock.advanceTo('2030-03-04T15:00:10Z');
    const limited = compose({ ...belfry.parts, settings: { ...belfry.settings, occurrencesPerSchedule: 2 } });
    await limited.runTick(belfry.inMs(50_000));
    expect((await storedOf(job.id)).slice(-6)).toEqual([
      '295 from 10:05:00 to 14:59:00, by TICK',
      ...[0, 1, 2, 3, 4].map((minute) => `SCHEDULED 15:0${minute}:00`),
    ]);
  });

  test('an occurrence that a caller cancelled ahead keeps its execution, and the earlier occurrences are recorded', async () => {
    const job = await createMissing();
    await belfry.clock.advanceTo('2030-03-04T10:08:00Z');
    await tick();
    const [ahead] = await belfry.executions(job.id);
    await belfry.cancelExecution(ahead?.id ?? 0);
    // As if that tick had not advanced the schedule, and another one had come after its limit.
    await belfry.pool.query(
      `update job_schedules set next_execution_time = '2030-03-04T09:50:00Z' where job_id = $1`,
      [job.id],
    );
    await belfry.clock.advanceTo('2030-03-04T10:21:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual([
      '2 from 09:50:00 to 10:00:00, by TICK',
      'CANCELLED 10:10:00',
      'SCHEDULED 10:20:00',
    ]);
  });
});

describe('a change of a job that is behind', () => {
  const BEHIND = '2030-03-04T15:09:30Z';
  const recorded = '29 from 10:10:00 to 14:50:00, by API';

  test.each([
    ['a pause', (id: number) => belfry.changeJob(id, { isActive: false })],
    ['a new schedule', (id: number) => belfry.changeJob(id, { schedule: '0 0 18 * * *' })],
    ['a deletion', (id: number) => belfry.deleteJob(id)],
  ])('%s records the occurrences that were missed before it', async (_, change) => {
    const job = await createMissing();
    await belfry.clock.advanceTo(BEHIND);
    await change(job.id);
    expect((await storedOf(job.id)).slice(0, 2)).toEqual([recorded, 'SCHEDULED 15:00:00']);
    await tick();
    expect(await storedOf(job.id)).toHaveLength(2);
  });

  test('a time during which a job was paused skips nothing', async () => {
    const job = await createMissing();
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.clock.advanceTo(BEHIND);
    await belfry.changeJob(job.id, { isActive: true });
    await tick();
    expect(await storedOf(job.id)).toEqual(['SCHEDULED 15:10:00']);
  });
});

describe('a SKIPPED execution', () => {
  const createSkipped = async (fields = {}) => {
    const job = await createMissing(fields);
    await belfry.clock.advanceTo('2030-03-04T15:01:00Z');
    await tick();
    return { job, skipped: await theSkipped(job.id) };
  };

  test('it cannot be retried or cancelled', async () => {
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

  test('it is in the history of its job and in the lists of all executions, alone and among others', async () => {
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

  test('it is kept for the retention after its last occurrence, also without a partition of that day', async () => {
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

  test('a tick of the previous version that dispatches its occurrence leaves it as it is', async () => {
    const { job, skipped } = await createSkipped();
    const occurrence = { jobId: job.id, jobRevision: 1, executionTime: skipped.executionTime };
    expect(await insertExecutions(belfry.pool, [occurrence], belfry.clock.now())).toEqual([]);
    expect(await theSkipped(job.id)).toEqual(skipped);
  });

  test('no worker can claim it', async () => {
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

  test('it is never in Redis, also after Redis was lost', async () => {
    const { skipped } = await createSkipped();
    await belfry.redis.flushdb();
    expect(await tick()).toMatchObject({ requeued: 1 });
    expect(await belfry.queue.findAbsent([skipped.id])).toEqual([skipped.id]);
  });

  test('its occurrences are in the statistics of all jobs, of the group and of the job, without a duration', async () => {
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

  test('it does not change the last outcome or the failures of its job', async () => {
    const { job } = await createSkipped();
    expect(await findJob(belfry.pool, job.id, belfry.clock.now())).toMatchObject({
      lastOutcome: null,
      failuresInARow: 0,
    });
    const { rows } = await belfry.pool.query('select from failing_jobs');
    expect(rows).toEqual([]);
  });
});

test('more skipped occurrences of a group than an integer holds are counted', async () => {
  await createMissing({ schedule: '* * * * * *', group: 'many' });
  await belfry.pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at)
     select id, '1970-01-01', $1 from jobs
         on conflict (job_id) do update set next_execution_time = '1970-01-01'`,
    [belfry.clock.now()],
  );
  const second = await createMissing({ schedule: '* * * * * *', group: 'many' });
  await belfry.pool.query(`update job_schedules set next_execution_time = '1970-01-01' where job_id = $1`, [
    second.id,
  ]);
  await belfry.clock.advanceTo('2030-03-04T15:00:00Z');
  await tick();
  const { rows } = await belfry.pool.query<{ executions: number }>(
    `select executions from outcome_counts where period_seconds = 86400 and series = 'group:many' and status = 'SKIPPED'`,
  );
  expect(rows[0]?.executions).toBe(2 * (Date.parse('2030-03-04T15:00:00Z') / 1_000));
});
