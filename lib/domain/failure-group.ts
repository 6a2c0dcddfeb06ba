import type { FailureCause } from './failure-cause.ts';

/** Executions that have failed for the same cause. */
export type FailureGroup = FailureCause & {
  id: number;
  /** The number of executions that have failed since the group exists. */
  executions: number;
  /** The number of different jobs. */
  jobs: number;
  firstFailedAt: Date;
  lastFailedAt: Date;
  /** One of the latest executions, and its job. */
  sampleExecutionId: number;
  sampleJobId: number;
};
