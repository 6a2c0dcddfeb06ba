import type { Logger } from '../logger.ts';

export type FailedExecution = { executionId: number; jobId: number; status: 'FAILED'; reason: string | null };

/** A target that is down must not fill the log: the history has all of them. */
const LINES_PER_BATCH = 20;

/** Writes a line for each execution that has ended FAILED, and one for those of a batch that are too many. */
export function logFailed(logger: Logger, failed: readonly FailedExecution[]): void {
  for (const execution of failed.slice(0, LINES_PER_BATCH)) logger.warn('execution_failed', execution);
  const more = failed.length - LINES_PER_BATCH;
  if (more > 0) logger.warn('executions_failed', { more });
}
