import { DAY_MS } from '../domain/day.ts';

/**
 * Returns the range of days (UTC) of the executions, from the midnight before the first to the midnight after the last.
 * It tells PostgreSQL which partitions contain a batch.
 *
 * The range consists of whole days, not of the execution times. With exact times and a partition with statistics, the
 * planner expects one or two rows for a batch that is due within seconds, and joins its outcomes row by row (300
 * outcomes: 90,000 comparisons, 150 ms instead of 10 ms).
 */
export function boundsOf(executions: readonly { executionTime: Date }[]): { from: Date; to: Date } {
  const days = executions.map((execution) => Math.floor(execution.executionTime.getTime() / DAY_MS));
  return { from: new Date(Math.min(...days) * DAY_MS), to: new Date((Math.max(...days) + 1) * DAY_MS) };
}
