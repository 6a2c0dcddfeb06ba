import type { ExecutionStatus, ExecutionTrigger } from './execution.ts';

/** The statuses of executions that have begun or ended, or were cancelled or skipped. */
export const begunStatuses = [
  'RUNNING',
  'RETRYING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
] as const satisfies ExecutionStatus[];
/** The statuses of executions that have run, or were about to. One index has all of them. */
export const endedStatuses = ['SUCCESS', 'FAILED', 'CANCELLED'] as const satisfies ExecutionStatus[];
export type BegunStatus = (typeof begunStatuses)[number];

/** Selects executions by their own fields. */
export type ExecutionFilter = {
  /** Undefined for every status. */
  statuses: readonly BegunStatus[] | undefined;
  /** Only executions with an execution time at or after this instant. */
  since: Date | undefined;
  /** Only executions with an execution time before this instant. */
  until: Date | undefined;
  /** Only executions of this job. */
  jobId: number | undefined;
  /** Only executions of the job, not deleted, that has this key. */
  key: string | undefined;
  trigger: ExecutionTrigger | undefined;
} & ExecutionJobFilter;

/** Selects executions by the current fields of their job, which is not deleted. */
export type ExecutionJobFilter = {
  tag: string | undefined;
  group: string | undefined;
  /** The host of the job's URL, without a port, in lower case. */
  host: string | undefined;
};

/** A position in a list of executions: after an execution with this execution time and this id. */
export type ExecutionPosition = {
  /** Microseconds since the epoch. Occurrences of schedules have whole milliseconds; other executions do not. */
  timeUs: number;
  id: number;
};

/** The position before the latest execution of a list. */
export const FIRST_POSITION: ExecutionPosition = {
  timeUs: Number.MAX_SAFE_INTEGER,
  id: Number.MAX_SAFE_INTEGER,
};
