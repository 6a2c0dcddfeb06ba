import type { Queryable } from '../../lib/db/pool.ts';
import { lockOpen, takeBack } from '../../lib/db/take-back-executions.ts';
import { hasBegun, isToComeAfter, type OpenExecution } from '../../lib/domain/open-execution.ts';
import type { TakeBackReason } from '../../lib/domain/reason.ts';

/** Takes back some of the open executions of a job, as changes of a job do. Returns the cancelled ones. */
const takeBackOf =
  (choose: (now: Date) => (execution: OpenExecution) => boolean) =>
  async (db: Queryable, jobId: number, reason: TakeBackReason, now: Date): Promise<number[]> =>
    takeBack(db, (await lockOpen(db, [jobId])).filter(choose(now)), reason, { now });

/** Like a changed schedule. */
export const cancelToCome = takeBackOf(isToComeAfter);

/** Like a job that becomes AT_MOST_ONCE. */
export const withdrawAttempts = takeBackOf(() => hasBegun);

/** Like a deletion. */
export const cancelOpen = takeBackOf(() => () => true);
