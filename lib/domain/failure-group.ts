import type { FailureCause } from './failure-cause.ts';

/** `RESOLVED` ends with the next failure, and `IGNORED` at its instant. */
export const failureStates = ['OPEN', 'IGNORED', 'RESOLVED'] as const;
export type FailureState = (typeof failureStates)[number];

/** The days for which a group shows its failures, today included. */
export const FAILURE_DAYS = 14;
/** The longest time for which a group can be ignored. */
export const MAX_IGNORED_DAYS = 366;
/** The number of jobs that the details of a group name. */
export const FAILED_JOBS_SHOWN = 20;

/** Executions that have failed for the same cause. */
export type FailureGroup = FailureCause & {
  id: number;
  state: FailureState;
  /** When a group that is ignored is open again. Null for other groups. */
  ignoredUntil: Date | null;
  /** When the group was marked as resolved. A later failure has reopened it. */
  resolvedAt: Date | null;
  /** The number of executions that have failed since the group exists. */
  executions: number;
  /** The number of different jobs. */
  jobs: number;
  firstFailedAt: Date;
  lastFailedAt: Date;
  /** One of the latest executions, and its job. */
  sampleExecutionId: number;
  sampleJobId: number;
  /** The last days in UTC with a failure, in order. */
  days: readonly { date: string; executions: number }[];
};

/** A job of a group, with its last execution that failed for the cause. */
export type FailedJob = { jobId: number; executions: number; lastFailedAt: Date; lastExecutionId: number };

/** What a person decides about a group. */
export type FailureMark = { state: 'OPEN' | 'RESOLVED' } | { state: 'IGNORED'; until: Date };
