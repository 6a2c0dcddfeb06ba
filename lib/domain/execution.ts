export const executionStatuses = [
  'SCHEDULED',
  'RUNNING',
  'RETRYING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** One occurrence of a job; unique on (jobId, executionTime). */
export type JobExecution = {
  id: number;
  jobId: number;
  status: ExecutionStatus;
  /** The instant the schedule names, whatever the clock said when it ran. */
  executionTime: Date;
  /** Milliseconds the last attempt took; null until there was one. */
  executionDuration: number | null;
  /** Retries done so far: 0 while the first attempt is out. */
  retryCount: number;
  errorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
};
