import type { ReasonCode } from './reason.ts';

export const executionStatuses = [
  'SCHEDULED',
  'RUNNING',
  'RETRYING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** One occurrence of a job. (jobId, executionTime) is unique. */
export type JobExecution = {
  id: number;
  jobId: number;
  status: ExecutionStatus;
  /** The instant of the schedule, which may differ from the time of the request. */
  executionTime: Date;
  /** The duration of the last attempt in milliseconds. Null before the first attempt has ended. */
  executionDuration: number | null;
  /** The number of retries so far. It is 0 during the first attempt. */
  retryCount: number;
  errorMessage: string | null;
  /** Why the last attempt failed, or why the execution was cancelled. */
  reason: ReasonCode | null;
  /** When the next attempt is due, or was due if it has begun: the execution time at first, the end of a backoff later. */
  dueAt: Date;
  /** When the last request left. Before that, when a worker claimed the execution. */
  startedAt: Date | null;
  finishedAt: Date | null;
  /** How long after the execution time the first request left, in milliseconds. */
  latenessMs: number | null;
  /** The status of the last attempt that got an answer. */
  statusCode: number | null;
  createdAt: Date;
  updatedAt: Date;
};
