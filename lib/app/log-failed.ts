import type { Logger } from '../logger.ts';

export type FailedExecution = { executionId: number; jobId: number; status: 'FAILED'; reason: string | null };

/** A target that is down must not fill the log. The history contains all failed executions. */
const LINES_PER_BATCH = 20;

/**
 * Logs each execution that has ended FAILED, with the error message that the API shows. Executions of a batch beyond the limit share one line with their number.
 */
export function logFailed(logger: Logger, failed: readonly FailedExecution[]): void {
  for (const { reason: errorMessage, ...execution } of failed.slice(0, LINES_PER_BATCH)) {
    logger.warn('execution_failed', { ...execution, errorMessage });
  }
  const more = failed.length - LINES_PER_BATCH;
  if (more > 0) logger.warn('executions_failed', { more });
}
