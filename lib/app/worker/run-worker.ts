import type { EmitMetrics } from '../../metrics.ts';
import { makeClaimTaken } from './claim-taken.ts';
import { makeHeldOrigins } from './held-origins.ts';
import { makeHostCounts } from './host-counts.ts';
import { makeInFlight } from './in-flight.ts';
import { makeOpenAttempt } from './open-attempt.ts';
import { makePace } from './pace.ts';
import { makePublishReport } from './publish-report.ts';
import { makeReadRequests } from './read-requests.ts';
import { startRun, type RunOptions, type WorkerReport, type WorkerRun } from './run.ts';
import { makeSendAttempt } from './send-attempt.ts';
import { makeSigningKeys } from './signing-keys.ts';
import type { WorkerDeps } from './worker-deps.ts';

/**
 * Runs one invocation of a worker: takes due executions until none is left or its time runs out.
 *
 * @throws the error that stopped the run, after all open requests were recorded.
 */
export type RunWorker = (options: RunOptions) => Promise<WorkerReport>;

/** What the environment has learned about hosts outlives a run. An environment serves one invocation at a time. */
export function makeRunWorker(deps: WorkerDeps): RunWorker {
  const signingKeys = makeSigningKeys(deps);
  const pace = makePace(deps.settings);
  const environment = {
    claimTaken: makeClaimTaken({ ...deps, readRequests: makeReadRequests(deps) }),
    sendAttempt: makeSendAttempt({
      ...deps,
      openAttempt: makeOpenAttempt(deps),
      signingKeys,
      publishReport: makePublishReport(deps),
    }),
    signingKeys,
    inFlight: makeInFlight({ ...deps.settings, claimAhead: pace.claimAhead }),
    pace,
    heldOrigins: makeHeldOrigins(deps.settings),
    hostCounts: makeHostCounts(deps),
  };
  return async (options) => {
    signingKeys.prepare();
    const run = startRun(deps, options, environment);
    try {
      await run.work();
      return run.report();
    } finally {
      // A failed run has sent requests, too.
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
  // A separate document, because CloudWatch refuses a document as a whole.
  if (lateness !== undefined) emitMetrics({ lateness });
}
