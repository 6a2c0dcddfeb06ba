import type { EmitMetrics } from '../../metrics.ts';
import { makeClaimTaken } from './claim-taken.ts';
import { makeHostShare } from './host-share.ts';
import { makeOpenAttempt } from './open-attempt.ts';
import { makeReadRequests } from './read-requests.ts';
import { makeSendAttempt } from './send-attempt.ts';
import { startWorkerRun, type RunOptions, type WorkerReport, type WorkerRun } from './worker-run.ts';
import type { WorkerDeps } from './worker-deps.ts';

/**
 * One invocation of a worker: takes what is due until none is left or its time runs out.
 *
 * @throws what stopped it, once everything that was out is recorded.
 */
export type RunWorker = (options: RunOptions) => Promise<WorkerReport>;

export function makeRunWorker(deps: WorkerDeps): RunWorker {
  const readRequests = makeReadRequests(deps);
  const claimTaken = makeClaimTaken({ ...deps, readRequests, newClaimToken: deps.newId });
  const sendAttempt = makeSendAttempt({ ...deps, openAttempt: makeOpenAttempt(deps) });

  // Of the environment, which serves one invocation at a time: what it has learned of hosts outlives a run.
  const share = makeHostShare(deps.settings);

  return async (options) => {
    const run = startWorkerRun(deps, options, { claimTaken, sendAttempt, share });
    try {
      while (!run.isDone()) {
        run.step();
        await run.wait();
      }
      await run.end();
      return run.report();
    } finally {
      // Of a run that failed too: what it sent is sent.
      emitRun(deps.emitMetrics, run);
    }
  };
}

function emitRun(emitMetrics: EmitMetrics, run: WorkerRun): void {
  const { succeeded, failed, retried, claimsLost } = run.report();
  emitMetrics({
    executionsSucceeded: succeeded,
    executionsFailed: failed,
    retries: retried,
    claimsLost,
  });
  const lateness = run.lateness();
  // In a document of its own: one that CloudWatch refuses is refused whole.
  if (lateness !== undefined) emitMetrics({ lateness });
}
