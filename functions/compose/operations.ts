import { makeActOn } from '../../lib/app/operation-actions.ts';
import { makeRunOperations, type RunOperations } from '../../lib/app/run-operations.ts';
import type { JobParts, JobUseCases } from './job-use-cases.ts';

/** Composes the runner of bulk operations, for the API, which starts them, and for the tick, which continues them. */
export const composeRunOperations = (
  parts: Pick<JobParts, 'pool' | 'queue' | 'clock' | 'logger'>,
  jobs: JobUseCases,
): RunOperations => makeRunOperations({ ...parts, actOn: makeActOn({ ...parts, ...jobs }) });
