import { at, between, type Damage, ofJob } from './damage.ts';

/** The clock's last instant is 09:25:10; the tick of 09:25 has dispatched up to 09:27. */
export const occurrences: Damage[] = [
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
    says: /^it has no execution$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'an outage without a record of the occurrences that were skipped',
    make: ofJob('minutely', `delete from job_executions where job_id = $1 and status = 'SKIPPED'`),
    says: /^it has no execution, and neither have \d+ more up to 2030-03-04T09:22:00.000Z$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'a record that counts one skipped occurrence too many',
    make: ofJob(
      'secondly',
      `update job_executions set skipped_count = skipped_count + 1 where job_id = $1 and status = 'SKIPPED'`,
    ),
    says: /^it counts \d+ skipped occurrences, but its schedule has \d+ from 2030-03-04T09:\d\d:\d\d.000Z on$/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'a record that begins too late, so that it leaves out an occurrence',
    make: ofJob(
      'secondly',
      `update job_executions set skipped_from = skipped_from + interval '1 s', skipped_count = skipped_count - 1
        where job_id = $1 and status = 'SKIPPED'`,
    ),
    says: /^it has no execution/,
  },
  {
    rule: 'occurrences-dispatched',
    what: 'occurrences that were skipped although the schedule was hardly behind',
    make: ofJob(
      'interval',
      `update job_executions set created_at = skipped_from + interval '4 min' where job_id = $1 and status = 'SKIPPED'`,
    ),
    says: /^it was skipped at .*, which was not a misfire$/,
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
