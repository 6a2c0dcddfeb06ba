import type { Queryable } from '../../../../lib/db/pool.ts';
import type { Damage } from './damage.ts';

/** A statement about the counts of a minute of all jobs. */
const ofMinute = (time: string, sql: string) => (tx: Queryable) =>
  tx.query(`${sql} where series = 'all' and period_seconds = 60 and starts_at = '2030-03-04T${time}Z'`);

export const counts: Damage[] = [
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
    what: 'skipped occurrences that are not counted',
    make: (tx) => tx.query(`delete from outcome_counts where status = 'SKIPPED'`),
    says: /^\d+ occurrences are SKIPPED and ended from .*, but 0 are counted$/,
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
