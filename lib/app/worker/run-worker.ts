import type { EmitMetrics } from '../../metrics.ts';
import { makeClaimTaken } from './claim-taken.ts';
import { makeInFlight } from './in-flight.ts';
import { makeOpenAttempt } from './open-attempt.ts';
import { makePace } from './pace.ts';
import { makeReadRequests } from './read-requests.ts';
import { startRun, type RunOptions, type WorkerReport, type WorkerRun } from './run.ts';
import { makeSendAttempt } from './send-attempt.ts';
import type { WorkerDeps } from './worker-deps.ts';

/**
 * One invocation of a worker: takes what is due until none is left or its time runs out.
 *
 * @throws what stopped it, once everything that was out is recorded.
 */
export type RunWorker = (options: RunOptions) => Promise<WorkerReport>;

/** What the environment has learned of hosts, and how quick they are, outlives a run: it serves one invocation at a time. */
export function makeRunWorker(deps: WorkerDeps): RunWorker {
  const environment = {
    claimTaken: makeClaimTaken({ ...deps, readRequests: makeReadRequests(deps) }),
    sendAttempt: makeSendAttempt({ ...deps, openAttempt: makeOpenAttempt(deps) }),
    inFlight: makeInFlight(deps.settings),
    pace: makePace(deps.settings),
  };
  return async (options) => {
    const run = startRun(deps, options, environment);
    try {
      await run.work();
      return run.report();
    } finally {
      // A run that failed has sent what it has sent.
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
