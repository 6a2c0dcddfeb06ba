import { at, type Damage, ofJob } from './damage.ts';

/** Failures: their reasons, their reports and their count. */
export const failures: Damage[] = [
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
    what: 'a report of a report to another URL',
    make: ofJob(
      'reporting',
      `with reports as (select id, row_number() over (order by id) as place from job_executions where job_id = $1 and trigger = 'CALLBACK')
       update job_executions e set origin_id = first.id, request_url = 'http://127.0.0.1:9/elsewhere'
         from reports first, reports other
        where first.place = 1 and other.place = 2 and e.id = other.id and e.job_id = $1`,
    ),
    says: /^it reports execution \d+, which is a report to another URL$/,
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
    rule: 'failing-jobs-paused',
    what: 'a job that failed too often and is active',
    make: ofJob('failing', 'update jobs set pause_after_failures = 2 where id = $1'),
    says: /^it is active after \d+ failures in a row, and pauseAfterFailures is 2$/,
  },
  {
    rule: 'failing-jobs-paused',
    what: 'a job that was paused too early',
    make: async (tx, livedIn) => {
      await ofJob('failing', 'update jobs set is_active = false, pause_after_failures = 99 where id = $1')(
        tx,
        livedIn,
      );
      await ofJob('failing', 'update failing_jobs set paused_at = failing_since where job_id = $1')(
        tx,
        livedIn,
      );
    },
    says: /^it is paused after \d+ failures in a row, and pauseAfterFailures is 99$/,
  },
  {
    rule: 'pauses-remembered',
    what: 'a pause for failures that is not remembered',
    make: async (tx, livedIn) => {
      await ofJob('failing', 'update jobs set is_active = false where id = $1')(tx, livedIn);
      await ofJob('failing', 'update failing_jobs set paused_at = failing_since where job_id = $1')(
        tx,
        livedIn,
      );
      await ofJob('failing', 'delete from paused_by_failures where job_id = $1')(tx, livedIn);
    },
    says: /^Belfry has paused it for its failures, but it is not known as such$/,
  },
  {
    rule: 'pauses-remembered',
    what: 'a pause for failures of an active job',
    make: ofJob('failing', 'insert into paused_by_failures (job_id, paused_at) values ($1, now())'),
    says: /^it is known as paused by failures, but is active or deleted$/,
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
];
