import type { ListedJob } from './job.ts';
import type { Total } from './total.ts';

export const failingLimits = {
  /** The jobs of an answer. */
  jobs: 50,
  /** Counting stops at this number of rows of failing jobs. */
  counted: 1_000,
  /** The jobs that are compared with their executions when a job of the answer has succeeded since the last tick. */
  compared: 200,
} as const;

/** The active jobs that fail now, and the number of jobs that Belfry paused for their failures. */
export type FailingJobs = {
  /** The jobs with the most failures in a row first, then in the order of their ids. */
  items: ListedJob[];
  total: Total;
  pausedByFailures: Total;
};
