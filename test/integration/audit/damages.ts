import type { Queryable } from '../../../lib/db/pool.ts';
import type { LivedIn } from './lived-in.ts';

/** A violation made by hand, and the finding that the rule must report. */
export type Damage = {
  rule: string;
  what: string;
  make: (tx: Queryable, livedIn: LivedIn) => Promise<unknown>;
  says: RegExp;
};

type JobName = Parameters<LivedIn['job']>[0];

/** A statement about the row of a job, or about rows that belong to it: `$1` is the job's id. */
const ofJob = (name: JobName, sql: string) => (tx: Queryable, livedIn: LivedIn) =>
  tx.query(sql, [livedIn.job(name).id]);

/** The execution of a job at a time of day, or its executions from one time until before another. */
const at = (time: string) => `job_id = $1 and execution_time = '2030-03-04T${time}Z'`;
const between = (from: string, to: string) =>
  `job_id = $1 and execution_time >= '2030-03-04T${from}Z' and execution_time < '2030-03-04T${to}Z'`;

/** The clock's last instant is 09:25:10; the tick of 09:25 has dispatched up to 09:27. */
const occurrences: Damage[] = [
  {
    rule: 'occurrences-dispatched',
    what: 'a missing execution',
    make: ofJob('minutely', `delete from job_executions where ${at('09:03:00')}`),
    says: /^it has no execution$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'several missing executions in a row',
    make: ofJob('secondly', `delete from job_executions where ${between('09:03:00', '09:03:30')}`),
    says: /^it has no execution, and neither have 29 more up to 2030-03-04T09:03:29.000Z$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'a skipped interval',
    make: ofJob('interval', `delete from job_executions where ${at('09:03:00')}`),
    says: /^it has no execution$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'more than five minutes skipped although ticks ran',
    make: ofJob('minutely', `delete from job_executions where ${between('09:02:00', '09:09:00')}`),
    says: /^it has no execution, and neither have 6 more/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'an outage after which not even the latest occurrence ran',
    make: ofJob('minutely', `delete from job_executions where ${at('09:23:00')}`),
    says: /^it has no execution, and neither have \d+ more up to 2030-03-04T09:23:00.000Z$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'a missing last execution, right before the next time of the schedule',
    make: ofJob('minutely', `delete from job_executions where ${between('09:24:00', '09:30:00')}`),
    says: /^it has no execution, and neither have 1 more/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'a missing only execution of an instant',
    make: ofJob('once', `delete from job_executions where job_id = $1`),
    says: /^it has no execution$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'a missing only execution of a cron schedule',
    make: ofJob('onceByCron', `delete from job_executions where job_id = $1`),
    says: /^it has no execution$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'an execution that was taken back without a reason',
    make: ofJob('minutely', `update job_executions set status = 'CANCELLED' where ${at('09:03:00')}`),
    says: /^it was withdrawn and never dispatched again$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'a schedule in a time zone that no longer exists',
    make: ofJob('minutely', `update jobs set time_zone = 'Mars/Olympus' where id = $1`),
    says: /^its schedule cannot be read$/,
  },
];

const constraints: Damage[] = [
  {
    rule: 'constraints-in-force',
    what: 'a missing unique constraint',
    make: (tx) =>
      tx.query('alter table job_executions drop constraint job_executions_job_id_execution_time_key'),
    says: /has no valid unique index on \(job_id, execution_time\)$/,
  },
  {
    rule: 'constraints-in-force',
    what: 'missing checks of claims',
    make: dropClaimChecks,
    says: /has no valid check of claims and leases$/,
  },
  {
    rule: 'constraints-in-force',
    what: 'a missing unique index on keys',
    make: (tx) => tx.query('drop index jobs_live_key'),
    says: /^jobs has no valid unique index on the keys of live jobs$/,
  },
];

const schedules: Damage[] = [
  {
    rule: 'due-schedules-served',
    what: 'a schedule that no tick has served',
    make: ofJob(
      'minutely',
      `update job_schedules set next_execution_time = '2030-03-04T09:20:00Z' where job_id = $1`,
    ),
    says: /^its next execution time is still 2030-03-04T09:20:00.000Z$/,
  },
  {
    rule: 'schedules-match-jobs',
    what: 'a job without its schedule',
    make: ofJob('minutely', `delete from job_schedules where job_id = $1`),
    says: /^it has future occurrences, but no row in job_schedules$/,
  },
  {
    rule: 'schedules-match-jobs',
    what: 'a paused job with a schedule',
    make: ofJob(
      'paused',
      `insert into job_schedules (job_id, next_execution_time, created_at) values ($1, now(), now())`,
    ),
    says: /^it is paused or deleted, but has a row in job_schedules$/,
  },
  {
    rule: 'schedules-match-jobs',
    what: 'a deleted job with a schedule',
    make: ofJob(
      'deleted',
      `insert into job_schedules (job_id, next_execution_time, created_at) values ($1, now(), now())`,
    ),
    says: /^it is paused or deleted, but has a row in job_schedules$/,
  },
];

const RUN = /* sql */ `
  update job_executions
     set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = '2030-03-04T09:22:00Z'`;

const open: Damage[] = [
  {
    rule: 'claims-end',
    what: 'a claim that no tick has freed',
    make: ofJob('minutely', `${RUN} where ${at('09:03:00')}`),
    says: /^still RUNNING, but its lease ended at 2030-03-04T09:22:00.000Z$/,
  },
  {
    rule: 'due-executions-run',
    what: 'an execution that no worker has claimed',
    make: ofJob(
      'minutely',
      `update job_executions set status = 'RETRYING', due_at = '2030-03-04T09:20:00Z' where ${at('09:03:00')}`,
    ),
    says: /^still RETRYING, and due since 2030-03-04T09:20:00.000Z$/,
  },
  {
    rule: 'stopped-jobs-have-nothing-open',
    what: 'a waiting execution of a paused job',
    make: ofJob('paused', `update job_executions set status = 'SCHEDULED' where ${at('09:03:00')}`),
    says: /^it is SCHEDULED, but its job is paused or deleted$/,
  },
  {
    rule: 'stopped-jobs-have-nothing-open',
    what: 'an attempt of a deleted job that may be retried',
    make: ofJob('deleted', `${RUN} where ${at('09:03:00')}`),
    says: /^it is RUNNING, but its job is paused or deleted$/,
  },
];

const single: Damage[] = [
  {
    rule: 'retries-within-limit',
    what: 'one retry too many',
    make: ofJob('failing', `update job_executions set retry_count = 2 where ${at('09:03:00')}`),
    says: /^it had 2 retries, but its job allows 1$/,
  },
  {
    rule: 'retries-within-limit',
    what: 'a pause too many that spent no retry',
    make: ofJob('failing', `update job_executions set put_off_count = 11 where ${at('09:03:00')}`),
    says: /^its target has put it off 11 times, but 10 spend no retry$/,
  },
  {
    rule: 'attempts-within-age',
    what: 'an attempt that began too late',
    make: ofJob(
      'aged',
      `update job_executions set started_at = execution_time + interval '32 s' where ${at('09:03:00')}`,
    ),
    says: /^it is SUCCESS, but its last attempt began more than 30 s after the execution time$/,
  },
  {
    rule: 'at-most-once-not-retried',
    what: 'an AT_MOST_ONCE execution that was put off after its request',
    make: ofJob('atMostOnce', `update job_executions set put_off_count = 1 where ${at('09:02:00')}`),
    says: /^its job is AT_MOST_ONCE, but it is SUCCESS with 0 retries$/,
  },
  {
    rule: 'at-most-once-not-retried',
    what: 'an AT_MOST_ONCE execution that was retried',
    make: ofJob('atMostOnce', `update job_executions set retry_count = 1 where ${at('09:02:00')}`),
    says: /^its job is AT_MOST_ONCE, but it is SUCCESS with 1 retries$/,
  },
  {
    rule: 'claims-belong-to-running',
    what: 'a claim of a finished execution',
    make: async (tx, livedIn) => {
      await dropClaimChecks(tx);
      await ofJob(
        'minutely',
        `update job_executions set claim_token = gen_random_uuid() where ${at('09:03:00')}`,
      )(tx, livedIn);
    },
    says: /^SUCCESS, with a claim and without a lease$/,
  },
  {
    rule: 'claims-belong-to-running',
    what: 'a running execution without a claim',
    make: async (tx, livedIn) => {
      await dropClaimChecks(tx);
      await ofJob('minutely', `update job_executions set status = 'RUNNING' where ${at('09:03:00')}`)(
        tx,
        livedIn,
      );
    },
    says: /^RUNNING, without a claim and without a lease$/,
  },
  {
    rule: 'failures-explained',
    what: 'a failure without a reason',
    make: ofJob('failing', `update job_executions set error_message = null where ${at('09:03:00')}`),
    says: /^it is FAILED without an error message$/,
  },
  {
    rule: 'failures-reported',
    what: 'a lost report',
    make: ofJob('reporting', `delete from job_executions where job_id = $1 and trigger = 'CALLBACK'`),
    says: /^it is FAILED, and has 0 reports$/,
  },
  {
    rule: 'failures-reported',
    what: 'a report that was made twice',
    make: ofJob(
      'reporting',
      `insert into pending_callbacks (event, job_id, origin_id, url, created_at, data)
       select 'job.failed', job_id, id, null, updated_at, '{}' from job_executions where ${at('09:03:00')}`,
    ),
    says: /^it is FAILED, and has 2 reports$/,
  },
  {
    rule: 'reports-have-ends',
    what: 'a report of a report',
    make: ofJob(
      'reporting',
      `with reports as (select id, row_number() over (order by id) as place from job_executions where job_id = $1 and trigger = 'CALLBACK')
       update job_executions e set origin_id = first.id
         from reports first, reports other
        where first.place = 1 and other.place = 2 and e.id = other.id and e.job_id = $1`,
    ),
    says: /^it reports execution \d+, which is a report$/,
  },
  {
    rule: 'reports-have-ends',
    what: 'a report of an execution that has not ended',
    make: ofJob(
      'reporting',
      `update job_executions e set status = 'RETRYING'
        where e.id = (select max(origin_id) from job_executions where job_id = $1 and trigger = 'CALLBACK') and e.job_id = $1`,
    ),
    says: /^it reports execution \d+, which is RETRYING$/,
  },
  {
    rule: 'reports-sent',
    what: 'a report that waits',
    make: ofJob(
      'reporting',
      `insert into pending_callbacks (event, job_id, origin_id, url, created_at, data)
       values ('job.failed', $1, 1, null, '2030-03-04T09:00:00Z', '{}')`,
    ),
    says: /^its report has waited since 2030-03-04T09:00:00.000Z$/,
  },
  {
    rule: 'failures-counted',
    what: 'a failure that was not counted',
    make: ofJob(
      'failing',
      `update failing_jobs set failures_in_a_row = failures_in_a_row - 1 where job_id = $1`,
    ),
    says: /^its count is (\d+), and \d+ of its latest executions ended FAILED$/,
  },
  {
    rule: 'failures-counted',
    what: 'a failure that was counted twice',
    make: ofJob(
      'failing',
      `update failing_jobs set failures_in_a_row = failures_in_a_row + 1 where job_id = $1`,
    ),
    says: /^its count is (\d+), and \d+ of its latest executions ended FAILED$/,
  },
  {
    rule: 'retries-used',
    what: 'a failure with retries left',
    make: ofJob('failing', `update job_executions set retry_count = 0 where ${at('09:03:00')}`),
    says: /^it is FAILED after 0 of 1 allowed retries$/,
  },
  {
    rule: 'attempts-match',
    what: 'one failed attempt too many',
    make: ofJob(
      'minutely',
      `insert into job_attempts (execution_id, number, execution_time, status, finished_at)
       select id, 1, execution_time, 'FAILED', updated_at from job_executions where ${at('09:03:00')}`,
    ),
    says: /^it is SUCCESS after 0 retries, but 1 attempts have failed$/,
  },
  {
    rule: 'attempts-match',
    what: 'an attempt after the last one',
    make: ofJob(
      'minutely',
      `insert into job_attempts (execution_id, number, execution_time, status, finished_at)
       select id, 2, execution_time, 'SUCCESS', updated_at from job_executions where ${at('09:03:00')}`,
    ),
    says: /^it is SUCCESS after 1 attempts, but has one with the number 2$/,
  },
  {
    rule: 'ends-recorded',
    what: 'an end after the last change',
    make: ofJob(
      'minutely',
      `update job_executions set finished_at = updated_at + interval '1 ms' where ${at('09:03:00')}`,
    ),
    says: /^it is SUCCESS, and has ended later than it was changed last$/,
  },
  {
    rule: 'not-before-its-time',
    what: 'an execution recorded before its time',
    make: ofJob(
      'minutely',
      `update job_executions set updated_at = execution_time - interval '1 ms' where ${at('09:03:00')}`,
    ),
    says: /^SUCCESS was recorded before the execution time$/,
  },
  {
    rule: 'not-before-its-time',
    what: 'a claim long before the due time',
    make: ofJob(
      'minutely',
      `update job_executions set started_at = execution_time - interval '51 ms' where ${at('09:03:00')}`,
    ),
    says: /^it is SUCCESS, but was claimed too early$/,
  },
  {
    rule: 'not-before-its-time',
    what: 'a request that took longer than the time since its start',
    make: ofJob('minutely', `update job_executions set execution_duration = 60000 where ${at('09:03:00')}`),
    says: /^it is SUCCESS, but its last request was sent before the execution time$/,
  },
  {
    rule: 'not-before-its-time',
    what: 'an end without a beginning',
    make: ofJob('minutely', `update job_executions set started_at = null where ${at('09:03:00')}`),
    says: /^it is SUCCESS, but was never claimed$/,
  },
  {
    rule: 'unscheduled-apart',
    what: 'a run by hand in the place of an occurrence',
    make: ofJob('minutely', `update job_executions set trigger = 'MANUAL' where ${at('09:03:00')}`),
    says: /^its trigger is MANUAL, but its execution time has whole milliseconds$/,
  },
  {
    rule: 'cancelled-not-retried',
    what: 'a cancelled execution that waits for a retry',
    make: ofJob(
      'failing',
      `update job_executions set status = 'RETRYING', due_at = '2030-03-04T10:00:00Z', cancel_requested_at = updated_at
        where ${at('09:03:00')}`,
    ),
    says: /^a caller cancelled it, but it is RETRYING$/,
  },
];

/** A statement about the counts of a minute of all jobs. */
const ofMinute = (time: string, sql: string) => (tx: Queryable) =>
  tx.query(`${sql} where series = 'all' and period_seconds = 60 and starts_at = '2030-03-04T${time}Z'`);

const counts: Damage[] = [
  {
    rule: 'outcomes-counted',
    what: 'an outcome that is counted twice',
    make: ofMinute(
      '09:03:00',
      `update outcome_counts set executions = executions + (status = 'SUCCESS')::integer`,
    ),
    says: /^\d+ executions are SUCCESS and ended from 2030-03-03T09:26:00.000Z to 2030-03-04T09:25:00.000Z, but \d+ are counted$/,
  },
  {
    rule: 'outcomes-counted',
    what: 'lost counts of a minute',
    make: ofMinute('09:04:00', 'delete from outcome_counts'),
    says: /^\d+ executions are (SUCCESS|FAILED|CANCELLED) and ended from .* are counted$/,
  },
  {
    rule: 'outcomes-counted',
    what: 'a count without an execution that no tick has added yet',
    make: (tx) =>
      tx.query(`insert into outcome_batches values ('2030-03-04T09:20:00Z', null, 'FAILED', 1, '{}', '{}')`),
    says: /^\d+ executions are FAILED and ended from .* are counted$/,
  },
];

function dropClaimChecks(tx: Queryable): Promise<unknown> {
  return tx.query(
    'alter table job_executions drop constraint job_executions_check, drop constraint job_executions_check1',
  );
}

export const damages: readonly Damage[] = [
  ...occurrences,
  ...constraints,
  ...schedules,
  ...open,
  ...single,
  ...counts,
];
