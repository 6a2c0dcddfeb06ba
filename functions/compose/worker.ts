import { randomUUID } from 'node:crypto';
import { makeRunWorker, type RunWorker } from '../../lib/app/worker/run-worker.ts';
import type { WorkerDeps } from '../../lib/app/worker/worker-deps.ts';
import type { CallbackTargets } from '../../lib/domain/callback.ts';
import { makeIdsOf } from '../../lib/environment-ids.ts';
import { composeCallbacks } from './callbacks.ts';

export type WorkerParts = Omit<WorkerDeps, 'newId' | 'followFailures'> & {
  callbackTargets: CallbackTargets;
  /** Prefix of the ids of this environment's claims, if its host notices its end; otherwise undefined. */
  environmentId: string | undefined;
};

/** Composes a run of the worker. */
export function composeWorker(parts: WorkerParts): RunWorker {
  const { environmentId } = parts;
  const { pauseFailingJobs, sendCallbacks } = composeCallbacks(parts);
  return makeRunWorker({
    ...parts,
    followFailures: async () => {
      await pauseFailingJobs();
      await sendCallbacks();
    },
    newId: environmentId === undefined ? randomUUID : makeIdsOf(environmentId),
  });
}
