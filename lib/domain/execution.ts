import type { ReasonCode } from './reason.ts';

export const executionStatuses = [
  'SCHEDULED',
  'RUNNING',
  'RETRYING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/**
 * Why an execution exists: its schedule is due, a person runs the job, a person repeats an execution, or an execution is
 * reported to a URL.
 */
export const executionTriggers = ['SCHEDULE', 'MANUAL', 'REDRIVE', 'CALLBACK'] as const;
export type ExecutionTrigger = (typeof executionTriggers)[number];

/** The trigger of an execution that is not an occurrence of a schedule. */
export type UnscheduledTrigger = Exclude<ExecutionTrigger, 'SCHEDULE'>;

/**
 * One run of a job: an occurrence of its schedule, or an unscheduled one. (jobId, executionTime) is unique. A SKIPPED one stands
 * for consecutive occurrences that did not run.
 */
export type JobExecution = {
  id: number;
  jobId: number;
  trigger: ExecutionTrigger;
  /** The execution that a REDRIVE repeats or a CALLBACK reports; for the repetition of a report, that report; otherwise null. */
  originId: number | null;
  status: ExecutionStatus;
  /** The instant of the schedule, or of the call that asked for the execution. The request may leave later. */
  executionTime: Date;
  /** The duration of the last attempt in milliseconds. Null before the first attempt has ended. */
  executionDuration: number | null;
  /** The number of retries so far. It is 0 during the first attempt. */
  retryCount: number;
  errorMessage: string | null;
  /** Why the last attempt failed, or why the execution was cancelled or skipped. */
  reason: ReasonCode | null;
  /** The first of the occurrences that a SKIPPED execution stands for; the last one is its execution time. */
  skippedFrom: Date | null;
  /** How many occurrences a SKIPPED execution stands for. */
  skippedCount: number | null;
  /** When the next attempt is due, or was due if it has begun: the execution time at first, the end of a backoff later. */
  dueAt: Date;
  /** When the last request left. Before that, when a worker claimed the execution. */
  startedAt: Date | null;
  finishedAt: Date | null;
  /** How long after the execution time the first request left, in milliseconds. */
  latenessMs: number | null;
  /** The status of the last attempt that got an answer. */
  statusCode: number | null;
  /** When a caller cancelled the execution; null if no caller did. */
  cancelRequestedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};
