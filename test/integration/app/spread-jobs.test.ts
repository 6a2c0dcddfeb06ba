import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeRunOperations } from '../../../functions/compose/operations.ts';
import { makeOperations } from '../../../lib/app/start-operation.ts';
import { makeReadScheduleLoad } from '../../../lib/app/schedule-load.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import type { By } from '../../../lib/domain/audit-log.ts';
import type { NewOperation } from '../../../lib/domain/operation.ts';
import { spreadSchedule } from '../../../lib/domain/schedule/spread-schedule.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, compose, createBelfry } from '../../support/belfry.ts';

const BY: By = { actor: { type: 'API_KEY', id: 3, name: 'ops' }, reason: 'the database is slow at midnight' };

let belfry: Belfry;
beforeAll(async () => {
  belfry = await createBelfry('2030-03-02T23:58:00Z');
});
afterAll(() => belfry.close());

const use = () => {
  const runOperations = composeRunOperations(belfry.parts, compose(belfry.parts));
  return makeOperations({ ...belfry.parts, runOperations, ensureTicks: undefined });
};
const asked = (filter: NewOperation['filter'], withinSeconds = 300): NewOperation => ({
  action: 'spread',
  filter,
  tags: { add: [], remove: [] },
  group: null,
  spread: { withinSeconds },
  ratePerSecond: 1_000,
});
const spread = async (filter: NewOperation['filter'], withinSeconds?: number) => {
  const { dryRun, start } = use();
  const operation = asked(filter, withinSeconds);
  return start({ ...operation, token: (await dryRun(operation)).token }, BY);
};
const create = (schedule: string, count: number, fields = {}) =>
  belfry.createJobs(Array.from({ length: count }, () => aJob({ schedule, ...fields })));
const jobOf = async (id: number) => (await findJob(belfry.pool, id, belfry.clock.now()))!;

/** The schedule that a job gets. */
const spreadOf = (job: { id: number; schedule: string; timeZone: string }, withinSeconds = 300): string => {
  const { id: jobId, schedule, timeZone } = job;
  const result = spreadSchedule({ schedule, timeZone, withinSeconds, jobId, nowMs: belfry.clock.nowMs() });
  if ('fault' in result) throw new Error(result.fault);
  return result.schedule;
};

describe('a spread', () => {
  test('each job of a schedule gets a time of its own, with an entry in the audit log', async () => {
    const jobs = await create('0 6 * * *', 450);
    const [other] = await create('0 6 * * *', 1, { timeZone: 'Europe/Berlin' });
    const readLoad = makeReadScheduleLoad(belfry.parts);
    const runsAt = async () => {
      const fromMs = Date.parse('2030-03-03T06:00:00Z');
      const window = { fromMs, untilMs: fromMs + 6 * 60_000, jobIds: undefined, busiest: 0, maxAgeMs: 0 };
      return (await readLoad(window)).perMinute;
    };
    expect(await runsAt()).toEqual([450, 0, 0, 0, 0, 0]);
    const operation = await spread({ schedule: '0 6 * * *', timeZone: 'UTC' });
    expect(operation).toMatchObject({
      state: 'DONE',
      done: 450,
      skipped: 0,
      failed: 0,
      matched: { count: 450 },
    });
    for (const job of jobs.slice(0, 20))
      expect(await jobOf(job.id)).toMatchObject({ schedule: spreadOf(job), isActive: true });
    expect(await jobOf(other!.id)).toMatchObject({ schedule: '0 6 * * *' });
    const runs = await runsAt();
    expect(runs.reduce((sum, count) => sum + count, 0)).toBe(450);
    for (const count of runs.slice(0, 5)) expect(Math.abs(count - 90)).toBeLessThan(45);
    const { rows } = await belfry.pool.query(
      `select before, after, reason from audit_log where action = 'JOB_CHANGED' and subject_id = $1`,
      [jobs[0]!.id],
    );
    expect(rows).toEqual([
      { before: { schedule: '0 6 * * *' }, after: { schedule: spreadOf(jobs[0]!) }, reason: BY.reason },
    ]);
    const { rows: started } = await belfry.pool.query(
      `select after -> 'spread' as spread from audit_log where action = 'OPERATION_STARTED' and subject_id = $1`,
      [operation.id],
    );
    expect(started).toEqual([{ spread: { withinSeconds: 300 } }]);
  });

  test('a job is left as a change of its schedule leaves it, also with an execution that was dispatched ahead', async () => {
    // Due in 2 minutes, so that each job has an execution that is dispatched already.
    const fields = [
      { schedule: '0 0 * * *' },
      { schedule: '@hourly' },
      { schedule: '*/15 * * * *', timeZone: 'Europe/Berlin' },
      { schedule: '@daily', isActive: false },
      { schedule: '@daily', type: 'AT_MOST_ONCE' as const, maxRetryCount: 0 },
    ];
    const [single, bulk] = await Promise.all(
      ['single', 'bulk'].map((tag) =>
        belfry.createJobs(fields.map((field) => aJob({ ...field, tags: [tag] }))),
      ),
    );
    const stateOf = async (id: number) => {
      const { rows } = await belfry.pool.query<{ job: unknown; executions: unknown[] | null }>(
        `select (select to_jsonb(j) - array['id', 'tags', 'schedule', 'headers'] from jobs j where id = $1) as job,
                (select json_agg(to_jsonb(e) - array['id', 'job_id', 'execution_time', 'due_at'] order by execution_time, status)
                   from job_executions e where job_id = $1) as executions`,
        [id],
      );
      const next = (await jobOf(id)).nextExecutionTime?.getTime();
      const offset = Number((await jobOf(id)).schedule.split(' ')[0]);
      return { ...rows[0]!, isOfSchedule: next === undefined ? undefined : (next / 1_000) % 60 === offset };
    };
    for (const job of single!) await belfry.changeJob(job.id, { schedule: spreadOf(job) }, { by: BY });
    expect(await spread({ tag: 'bulk' })).toMatchObject({ done: 5, skipped: 0, failed: 0 });
    for (const [index, job] of bulk!.entries()) {
      expect((await jobOf(job.id)).schedule).toBe(spreadOf(job));
      const [mine, theirs] = [await stateOf(job.id), await stateOf(single![index]!.id)];
      expect(mine.job).toEqual(theirs.job);
      expect(mine.isOfSchedule).toBe(theirs.isOfSchedule);
      // The times differ, so an occurrence may be dispatched for one of the two only.
      expect(mine.executions?.[0]).toEqual(theirs.executions?.[0]);
    }
    const [first] = await belfry.executions(bulk![0]!.id);
    expect(first).toMatchObject({ status: 'CANCELLED', reason: 'SCHEDULE_CHANGED' });
  });

  test('a second spread, also by another window, changes nothing', async () => {
    const [job] = await create('0 7 * * *', 1, { tags: ['twice'] });
    await spread({ tag: 'twice' });
    const { schedule, version } = await jobOf(job!.id);
    expect(await spread({ tag: 'twice' })).toMatchObject({ done: 0, skipped: 1, failed: 0 });
    expect(await spread({ tag: 'twice' }, 3_600)).toMatchObject({ done: 0, skipped: 1, failed: 0 });
    expect(await jobOf(job!.id)).toMatchObject({ schedule, version });
    await belfry.changeJob(job!.id, { schedule: '0 7 * * *' });
    await spread({ tag: 'twice' });
    expect((await jobOf(job!.id)).schedule).toBe(schedule);
  });

  test('jobs that cannot be spread keep their schedules, and the dry run names some of them', async () => {
    const [daily] = await create('@daily', 1, { tags: ['mixed'] });
    const [often] = await create('@every 90s', 2, { tags: ['mixed'] });
    const [once] = await create('@daily', 1, { tags: ['mixed'], isRecurring: false });
    await create('* * * * *', 1, { tags: ['mixed'] });
    const dry = await use().dryRun(asked({ tag: 'mixed' }));
    expect(dry).toMatchObject({
      matched: { count: 5, isCapped: false },
      spread: {
        jobs: 5,
        leftOut: [
          { reason: '"@every 90s" is an interval, which has no fixed time', jobs: 2, jobId: often!.id },
          { reason: '"@daily" belongs to a job that runs once', jobs: 1, jobId: once!.id },
          { reason: '"* * * * *" runs every minute', jobs: 1 },
        ],
        example: { jobId: daily!.id, schedule: '@daily', newSchedule: spreadOf(daily!), timeZone: 'UTC' },
      },
    });
    const { at, newAt } = dry.spread!.example!;
    expect(at).toEqual(new Date('2030-03-03T00:00:00Z'));
    expect(newAt.getTime() - at.getTime()).toBeLessThanOrEqual(300_000);
    expect(await spread({ tag: 'mixed' })).toMatchObject({ state: 'DONE', done: 1, skipped: 4, failed: 0 });
    expect((await jobOf(daily!.id)).nextExecutionTime).toEqual(newAt);
    expect((await jobOf(once!.id)).schedule).toBe('@daily');
  });

  test('the token of a dry run belongs to its window', async () => {
    const { dryRun, start } = use();
    const { token } = await dryRun(asked({ tag: 'x' }, 300));
    await expect(start({ ...asked({ tag: 'x' }, 900), token }, BY)).rejects.toThrow('or window');
  });

  test('a version that does not know a filter by schedule fails on one, and one by schedule is read as it was given', async () => {
    const filter = { schedule: '5 5 * * *', timeZone: 'UTC', nextBefore: new Date('2030-04-01T00:00:00Z') };
    await create(filter.schedule, 1);
    const operation = await spread(filter);
    expect(operation).toMatchObject({ done: 1, filter });
    const { rows } = await belfry.pool.query<{ nextBefore: string }>(
      `select filter ->> 'nextBefore' as "nextBefore" from operations where id = $1`,
      [operation.id],
    );
    // Such a version makes an instant of it, and PostgreSQL refuses it.
    expect(new Date(rows[0]!.nextBefore).getTime()).toBeNaN();
  });
});
