import { at, type Damage, dropClaimChecks, ofJob } from './damage.ts';

/** What an execution says of its claim, its times and its trigger. */
export const records: Damage[] = [
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
];
