import type { By } from './audit-log.ts';
import type { JobFilter } from './job-filter.ts';

/** The actions on the jobs that match a filter. */
export const filterActions = ['pause', 'resume', 'delete', 'run', 'tag', 'group', 'spread'] as const;
/** A redrive acts on the jobs of a failure group instead. */
export const operationActions = [...filterActions, 'redrive'] as const;
export type OperationAction = (typeof operationActions)[number];

export const operationStates = ['RUNNING', 'DONE', 'ABORTED'] as const;
export type OperationState = (typeof operationStates)[number];

export const operationLimits = {
  maxRatePerSecond: 5_000,
  /** For actions that make executions. A higher rate than that of the workers would delay all other executions. */
  maxRunsPerSecond: 1_000,
  failuresShown: 20,
} as const;
export const operationDefaults = { ratePerSecond: 100, redrivesPerSecond: 10 } as const;

/** Tags to add and to remove. Both are empty unless the action is `tag`. */
export type TagChange = { add: readonly string[]; remove: readonly string[] };

/** The window after each time of a schedule, 1 to 3,600 s. */
export type SpreadWindow = { withinSeconds: number };

/** The request for an operation. */
export type NewOperation = {
  action: OperationAction;
  filter: JobFilter;
  tags: TagChange;
  /** The group to which jobs move; null removes them from their group. Null unless the action is `group`. */
  group: string | null;
  /** The window within which each job gets a later second. Null unless the action is `spread`. */
  spread: SpreadWindow | null;
  /** Jobs per second, on average over a minute. 1 to 5,000; for a run or a redrive, 1 to 1,000. */
  ratePerSecond: number;
};

/** The failure group whose jobs a redrive acts on. */
export type Redrive = {
  failureGroupId: number;
  /** Whether it repeats also executions of jobs that have succeeded since. */
  includeSucceeded: boolean;
};

export type OperationFailure = { jobId: number; code: string; message: string };

export type Operation = NewOperation & {
  id: number;
  state: OperationState;
  /** Only for the action `redrive`. */
  redrive: Redrive | null;
  by: By;
  /** The number of jobs that matched when it began, capped. */
  matched: { count: number; isCapped: boolean };
  done: number;
  /** Jobs that were already in the requested state, or were deleted. */
  skipped: number;
  failed: number;
  /** The first failures. */
  failures: readonly OperationFailure[];
  createdAt: Date;
  updatedAt: Date;
  finishedAt: Date | null;
};

/** The progress of an operation. */
export type Progress = { afterJobId: number; maxJobId: number; pacedUntil: Date };

/** How far ahead of now a batch may go: a tick does the work of the minute that it begins. */
export const PACED_AHEAD_MS = 60_000;

/** Returns how many jobs the next batch may have, at least 1 and at most `most`, before the rate makes it wait. */
export function batchSize(pacedUntil: Date, ratePerSecond: number, nowMs: number, most: number): number {
  const freeMs = nowMs + PACED_AHEAD_MS - Math.max(pacedUntil.getTime(), nowMs);
  return Math.max(1, Math.min(most, Math.floor((freeMs / 1_000) * ratePerSecond)));
}

/** Returns the instant until which the rate allows `count` more jobs. Time that was not used is not saved up. */
export function pacedUntil(before: Date, count: number, ratePerSecond: number, nowMs: number): Date {
  return new Date(Math.max(before.getTime(), nowMs) + (count / ratePerSecond) * 1_000);
}
