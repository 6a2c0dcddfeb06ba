import { at, type Damage, ofJob } from './damage.ts';

/** Attempts of an execution: how many there were, and when. */
export const attempts: Damage[] = [
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
    rule: 'cancellations-have-causes',
    what: 'an execution that was cancelled without a reason',
    make: ofJob('minutely', `update job_executions set status = 'CANCELLED' where ${at('09:03:00')}`),
    says: /^it is CANCELLED, but no caller cancelled it and its job did not change$/,
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
