import type { ExecutionStatus } from './execution.ts';

/** One execution of a job, as a strip of its last runs shows it. */
export type RecentRun = {
  executionId: number;
  executionTime: Date;
  status: ExecutionStatus;
  /** The duration of the last attempt; null before the first one has ended. */
  durationMs: number | null;
};

/** The fields by which a person recognises a job in lists of other things. */
export type JobSummary = {
  id: number;
  key: string | null;
  name: string | null;
  api: string;
  isDeleted: boolean;
  /** The schedule in plain English; null if this version cannot read it. */
  scheduleWords: string | null;
  /** The latest first. */
  runs: readonly RecentRun[];
};

export const summaryLimits = { jobs: 100, runs: 50 } as const;
