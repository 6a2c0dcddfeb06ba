import { DAY_MS } from '../domain/day.ts';

/**
 * The days (UTC) that the executions lie in, from the midnight before the first to the midnight after the last. They tell
 * PostgreSQL which partitions a batch lies in.
 *
 * Whole days, not the times themselves: once a partition has statistics, the planner takes a batch that is due within
 * seconds for a row or two of the day, and joins its outcomes row by row (300 outcomes: 90,000 comparisons, 150 ms
 * instead of 10).
 */
export function boundsOf(executions: readonly { executionTime: Date }[]): { from: Date; to: Date } {
  const days = executions.map((execution) => Math.floor(execution.executionTime.getTime() / DAY_MS));
  return { from: new Date(Math.min(...days) * DAY_MS), to: new Date((Math.max(...days) + 1) * DAY_MS) };
}
