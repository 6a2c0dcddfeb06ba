import { makeClaimTaken } from './claim-taken.ts';
import { makeSendAttempt } from './send-attempt.ts';
import { startWorkerRun, type RunOptions, type WorkerDeps, type WorkerReport } from './worker-run.ts';

/**
 * One invocation of a worker: takes what is due until none is left or its time runs out.
 *
 * @throws what stopped it, once everything that was out is recorded.
 */
export type RunWorker = (options: RunOptions) => Promise<WorkerReport>;

export function makeRunWorker(deps: WorkerDeps): RunWorker {
  const claimTaken = makeClaimTaken({ ...deps, newClaimToken: deps.newId });
  const sendAttempt = makeSendAttempt(deps);

  return async (options) => {
    const run = startWorkerRun(deps, options, { claimTaken, sendAttempt });
    while (!run.isDone()) {
      run.step();
      await run.wait();
    }
    return run.end();
  };
}
