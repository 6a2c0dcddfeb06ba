import { randomUUID } from 'node:crypto';
import { makeRunWorker, type RunWorker } from '../../lib/app/worker/run-worker.ts';
import type { WorkerDeps } from '../../lib/app/worker/worker-deps.ts';
import { makeIdsOf } from '../../lib/environment-ids.ts';

export type WorkerParts = Omit<WorkerDeps, 'newId'> & {
  /** Prefix of the ids of this environment's claims, if its host notices its end; otherwise undefined. */
  environmentId: string | undefined;
};

/** Composes a run of the worker. */
export function composeWorker(parts: WorkerParts): RunWorker {
  const { environmentId } = parts;
  return makeRunWorker({
    ...parts,
    newId: environmentId === undefined ? randomUUID : makeIdsOf(environmentId),
  });
}
