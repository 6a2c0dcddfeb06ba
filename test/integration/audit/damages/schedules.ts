import { type Damage, ofJob } from './damage.ts';

export const schedules: Damage[] = [
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
