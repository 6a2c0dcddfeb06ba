import { at, type Damage, ofJob } from './damage.ts';

const RUN = /* sql */ `
  update job_executions
     set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = '2030-03-04T09:22:00Z'`;

export const open: Damage[] = [
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
