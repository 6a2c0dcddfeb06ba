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
  createdAt: Date;
  updatedAt: Date;
};
