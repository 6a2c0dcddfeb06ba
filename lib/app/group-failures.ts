import {
  addToDaysOfGroups,
  addToGroups,
  addToJobsOfGroups,
  dropOldFailures,
  type NewDay,
  type NewFailures,
  type NewJobFailures,
  takeUngrouped,
  type UngroupedFailure,
} from '../db/failures.ts';
import type { Pool } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { DAY_MS } from '../domain/day.ts';
import { causeOf, identify } from '../domain/failure-cause.ts';

const FAILURES_PER_BATCH = 500;
const ROWS_PER_DROP = 5_000;

/** Groups failures until none is left or the time is over. Returns their number. */
export type GroupFailures = (options: { untilMs: number }) => Promise<number>;

/**
 * Adds failed executions to the groups of their causes. The same transaction deletes the notes of the failures, so a crash does
 * not lose a failure, and does not count one twice. The URL is the one that the job has now.
 */
export function makeGroupFailures({ pool, clock }: { pool: Pool; clock: Clock }): GroupFailures {
  const groupSome = (): Promise<number> =>
    inTransaction(pool, async (tx) => {
      const { count, failures } = await takeUngrouped(tx, FAILURES_PER_BATCH);
      if (failures.length === 0) return count;
      const byCause = Map.groupBy(failures, (failure) => identify(causeOf(failure)));
      const ids = await addToGroups(
        tx,
        [...byCause.values()].map((some) => summarise(some)),
      );
      const byJob = [...byCause].flatMap(([cause, some]) =>
        [...Map.groupBy(some, ({ jobId }) => jobId).values()].map((ofJob) =>
          ofOneJob(idOf(ids, cause), ofJob),
        ),
      );
      await addToJobsOfGroups(tx, byJob);
      await addToDaysOfGroups(
        tx,
        [...byCause].flatMap(([cause, some]) => daysOf(idOf(ids, cause), some)),
      );
      return count;
    });

  return async ({ untilMs }) => {
    let grouped = 0;
    let count: number;
    do {
      count = await groupSome();
      grouped += count;
    } while (count === FAILURES_PER_BATCH && clock.nowMs() < untilMs);
    return grouped;
  };
}

/** Makes the step that removes groups without a failure within the retention. */
export function makeDropOldFailures(deps: {
  pool: Pool;
  retentionDays: number;
}): (now: Date) => Promise<void> {
  return async (now) => {
    await dropOldFailures(deps.pool, new Date(now.getTime() - deps.retentionDays * DAY_MS), ROWS_PER_DROP);
  };
}

function latestOf(failures: readonly UngroupedFailure[]): UngroupedFailure {
  const [first, ...rest] = failures;
  if (first === undefined) throw new Error('a cause has a failure');
  return rest.reduce((latest, other) => (other.failedAt >= latest.failedAt ? other : latest), first);
}

function summarise(failures: readonly UngroupedFailure[]): NewFailures {
  const latest = latestOf(failures);
  return {
    cause: causeOf(latest),
    executions: failures.length,
    firstFailedAt: new Date(Math.min(...failures.map(({ failedAt }) => failedAt.getTime()))),
    lastFailedAt: latest.failedAt,
    sampleExecutionId: latest.executionId,
    sampleJobId: latest.jobId,
  };
}

function idOf(ids: ReadonlyMap<string, number>, cause: string): number {
  const id = ids.get(cause);
  if (id === undefined) throw new Error('a group was stored and did not come back');
  return id;
}

const dayOf = ({ failedAt }: UngroupedFailure): string =>
  failedAt.toISOString().slice(0, 'YYYY-MM-DD'.length);

const daysOf = (groupId: number, failures: readonly UngroupedFailure[]): NewDay[] =>
  [...Map.groupBy(failures, dayOf)].map(([day, some]) => ({ groupId, day, executions: some.length }));

function ofOneJob(groupId: number, failures: readonly UngroupedFailure[]): NewJobFailures {
  const { executionId, jobId, failedAt, executionTime } = latestOf(failures);
  return {
    groupId,
    jobId,
    executions: failures.length,
    lastFailedAt: failedAt,
    lastExecutionId: executionId,
    lastExecutionTime: executionTime,
  };
}
