import { keepCallbackTargets } from '../../db/callbacks.ts';
import { endRecovered } from '../../db/failing-jobs.ts';
import type { Pool } from '../../db/pool.ts';
import type { CallbackTargets } from '../../domain/callback.ts';
import type { PauseFailingJobs } from './pause-failing-jobs.ts';
import type { SendCallbacks } from './send-callbacks.ts';

const JOBS_PER_BATCH = 500;
/** The maximum number of batches in one tick. The next tick continues after the last job. */
const MAX_BATCHES = 10;

/**
 * Does what follows failures and recoveries: it finds jobs that have succeeded after a failure, sends the reports, and pauses jobs.
 * A worker sends and pauses as well, when it has recorded a failure. So after a crash, everything is done by the next tick.
 */
export function makeFollowFailures(deps: {
  pool: Pool;
  callbackTargets: CallbackTargets;
  sendCallbacks: SendCallbacks;
  pauseFailingJobs: PauseFailingJobs;
}): (now: Date) => Promise<void> {
  const { pool, callbackTargets, sendCallbacks, pauseFailingJobs } = deps;
  const { failure, recovery } = callbackTargets;
  /** Where this environment continues. Another environment begins with the first job, which does no harm. */
  let afterId = 0;

  return async (now) => {
    await keepCallbackTargets(pool, {
      failureTarget: failure !== undefined,
      recoveryTarget: recovery !== undefined,
    });
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const { seen, lastId } = await endRecovered(pool, { afterId, limit: JOBS_PER_BATCH }, now);
      afterId = seen < JOBS_PER_BATCH ? 0 : (lastId ?? 0);
      if (afterId === 0) break;
    }
    await pauseFailingJobs();
    await sendCallbacks();
  };
}
