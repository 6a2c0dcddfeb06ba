import { atMost, type Verdict } from '../support/verdict.ts';
import { judgeGrowth } from './judge-growth.ts';
import type { TableSize } from './read-postgres.ts';
import type { Sample } from './sample.ts';
import type { Allowed, Point } from './trend.ts';

/**
 * An execution is written three times, a schedule with each tick, a job once. Autovacuum checks once a minute, and vacuums when
 * a fifth of the rows are dead: until then each row may exist three times. A row with its index entries has 350 bytes in
 * `job_executions`, 200 in `job_schedules`, 320 in `jobs`.
 */
const MOST_BYTES_A_ROW = { job_executions: 1_200, job_schedules: 700, jobs: 1_000 } as const;

/** The scatter is the space that dead rows take between two visits of autovacuum; a table that grows by more is bloated. */
const SCHEDULES: Allowed = { perMinute: 51_200, scatter: 2_097_152 };
const EXECUTION: Allowed = { perMinute: 5, scatter: 300 };

/**
 * Checks that tables are no larger than their rows justify.
 *
 * @param mostSchedules the most rows that `job_schedules` had at once: PostgreSQL reuses the space of deleted rows, but does not
 * return it.
 */
export function judgeTables(
  samples: readonly Sample[],
  { mostSchedules, isLong }: { mostSchedules: number; isLong: boolean },
): Verdict[] {
  const executions = lastOf(samples, 'job_executions');
  const schedules = lastOf(samples, 'job_schedules');
  const jobs = lastOf(samples, 'jobs');
  const perRow = (table: TableSize, rows: number, limit: number): Verdict => {
    const what = `${table.name}: bytes a row, with indexes and dead rows (${rows.toLocaleString('en-US')})`;
    return atMost(what, table.bytes / rows, limit, 'B');
  };
  return [
    perRow(executions, executions.rows, MOST_BYTES_A_ROW.job_executions),
    perRow(schedules, mostSchedules, MOST_BYTES_A_ROW.job_schedules),
    perRow(jobs, jobs.rows, MOST_BYTES_A_ROW.jobs),
    ...(isLong
      ? [
          judgeGrowth(
            'job_schedules',
            pointsOf(samples, 'job_schedules', ({ bytes }) => bytes),
            SCHEDULES,
            {
              unit: 'MB',
              size: 1_048_576,
            },
          ),
          judgeGrowth(
            'an execution, with indexes and dead rows',
            pointsOf(samples, 'job_executions', ({ bytes, rows }) => bytes / rows),
            EXECUTION,
            { unit: 'B', size: 1 },
          ),
        ]
      : []),
  ];
}

function pointsOf(samples: readonly Sample[], name: string, valueOf: (table: TableSize) => number): Point[] {
  return samples.flatMap(({ atMinutes, tables }) => {
    const table = tables.find((candidate) => candidate.name === name);
    return table === undefined ? [] : [{ atMinutes, value: valueOf(table) }];
  });
}

function lastOf(samples: readonly Sample[], name: string): TableSize {
  const found = samples.at(-1)?.tables.find((table) => table.name === name);
  return found ?? { name, rows: Number.NaN, dead: Number.NaN, bytes: Number.NaN };
}
