import type { ExecutionStatus, ExecutionTrigger } from '../../../lib/domain/execution.ts';
import type { JobType } from '../../../lib/domain/job.ts';
import type { RetryPolicy } from '../../../lib/domain/retry-policy.ts';

/** The record of a run: requested jobs, answers of the API, requests at the targets, and the rows in PostgreSQL. */
export type Journal = {
  jobs: readonly AskedJob[];
  runs: readonly AskedRun[];
  operations: readonly AskedOperation[];
  administration: AskedAdministration;
  storedOperations: readonly StoredOperation[];
  /** The jobs of operations. They are not among `stored`. */
  bulkJobs: readonly BulkJob[];
  requests: readonly ReceivedRequest[];
  stored: readonly StoredJob[];
  executions: readonly StoredExecution[];
  /** In the order in which they happened. */
  transitions: readonly Transition[];
  /** Answers of the API, also during faults. */
  answers: readonly ApiAnswer[];
  /** Ticks that ended. */
  ticks: readonly { startedMs: number; endedMs: number }[];
  /** Executions that were due before this instant had time to end. */
  quietMs: number;
};

/** How a target answers the requests of a job. */
export type Behaviour =
  | { kind: 'ok' }
  | { kind: 'fail' }
  /** Answers 500 to the first attempts of an execution. */
  | { kind: 'fail-first'; attempts: number }
  | { kind: 'hang' }
  | { kind: 'cut' }
  /** Answers 429 or 503 to the first attempts of an execution, and asks for a pause (Retry-After). */
  | { kind: 'pause'; attempts: number; seconds: number; status: 429 | 503 }
  /** Answers `afterMs` after the request came: in time (`slow`), or after the job's timeout (`late`). */
  | { kind: 'slow' | 'late'; afterMs: number };

/** The API's answer for a job. `unknown`: the job may exist or not. */
export type Answer =
  | { kind: 'acknowledged'; atMs: number; id: number; firstMs: number }
  | { kind: 'refused'; status: number }
  | { kind: 'unknown' };

export type StopKind = 'pause' | 'change' | 'delete';

/** What a job is asked to be, whenever it is due. */
export type JobTraits = {
  number: number;
  name: string;
  type: JobType;
  maxRetryCount: number;
  /** How long retries wait; undefined: the default. */
  retry: RetryPolicy | undefined;
  /** No request may leave later than this after the execution time. */
  maxAgeSeconds: number | undefined;
  timeoutMs: number;
  /** Characters of the filling in each request's body. */
  bodyLength: number;
  behaviour: Behaviour;
  /** Whether the job has `onFailure` and `onRecovery`. */
  reports: { failures: boolean; recoveries: boolean };
  pauseAfterFailures: number | undefined;
  /** Whether the job is deleted once it has finished (`deleteFinishedAfterDays: 0`). */
  isTemporary: boolean;
};

export type AskedJob = JobTraits & {
  /** The schedule as it was sent to the API. */
  schedule: string;
  isRecurring: boolean;
  /** The number of the request that created the job. Jobs of one request exist all or none. */
  request: number;
  answer: Answer;
  /** A later pause, change or deletion; `ackMs` is the instant of its acknowledgement, undefined without one. */
  stop: { kind: StopKind; sentMs: number; ackMs: number | undefined } | undefined;
};

/** A run or a repetition that was asked for by hand, and its later cancellation. */
export type AskedRun = {
  /** Number of the job. */
  job: number;
  /** The execution to repeat; undefined for a run. */
  originId: number | undefined;
  answer: { kind: 'acknowledged'; atMs: number; id: number } | { kind: 'refused' } | { kind: 'unknown' };
  /** `ackMs` is the instant of its acknowledgement, undefined without one. */
  cancel: { sentMs: number; ackMs: number | undefined } | undefined;
};

/** A bulk operation on jobs of its own, all of which have its tag. */
export type AskedOperation = {
  tag: string;
  action: 'pause' | 'resume' | 'delete' | 'tag' | 'run' | 'spread';
  jobIds: readonly number[];
  /** How many jobs its dry run counted. */
  matched: number;
  /** The id of the operation; undefined if its start was never answered. */
  id: number | undefined;
  isAbortAsked: boolean;
};

/** A key that the API created. `isRevoked` only if its revocation was acknowledged. */
export type AskedKey = { id: number; isRevoked: boolean };

/** Keys and redrives that were acknowledged. */
export type AskedAdministration = {
  signingKeys: AskedKey[];
  apiKeys: AskedKey[];
  /** Each round has failed jobs of its own, and two redrives at once; fewer operations if the start of one was never answered. */
  redrives: { jobIds: readonly number[]; operationIds: number[] }[];
};

export type StoredOperation = {
  id: number;
  tag: string;
  state: 'RUNNING' | 'DONE' | 'ABORTED';
  done: number;
  skipped: number;
  failed: number;
};

/** What an operation may have changed of a job. */
export type BulkJob = {
  id: number;
  isActive: boolean;
  isDeleted: boolean;
  tags: readonly string[];
  schedule: string;
  /** Its manual executions. */
  runs: number;
};

export type ApiAnswer = {
  what: string;
  atMs: number;
  /** Undefined: no answer. */
  status: number | undefined;
  /** The code of a problem document. */
  code: string | undefined;
  hasRetryAfter: boolean;
};

export type ReceivedRequest = {
  job: number;
  /** Revision in the URL: 1 as created, 2 as changed. */
  revision: number;
  executionId: number;
  attempt: number;
  scheduledMs: number;
  arrivedMs: number;
  /** Size of the body; undefined until the body is complete. */
  bodyBytes: number | undefined;
  /** The status that the target answered, also when no client received it. */
  answered: number | undefined;
  /** The content of a report; undefined for the request of the job itself, and until the body is complete. */
  report?: { type: string; executionId: number };
  /** Whether it came to the URL of reports. */
  isReport?: true;
};

export type StoredJob = {
  id: number;
  name: string;
  isActive: boolean;
  isDeleted: boolean;
  /** The next time that the schedule has to dispatch. */
  nextMs: number | undefined;
  /** How many of its executions failed in a row; 0 without a row of failures. */
  failures: number;
  /** When Belfry paused the job for its failures. */
  pausedByRuleMs: number | undefined;
};

export type StoredExecution = {
  id: number;
  jobId: number;
  executionMs: number;
  dueMs: number;
  status: ExecutionStatus;
  trigger: ExecutionTrigger;
  originId: number | null;
  isCancelled: boolean;
  retryCount: number;
  putOffCount: number;
  isWithdrawn: boolean;
  statusCode: number | null;
  reason: string | null;
  errorMessage: string | null;
};

/** The start of the names of environments that run the old version of the worker. */
export const OLD_WORKER = 'old-worker';

export type Transition = {
  seq: number;
  atMs: number;
  /** The environment that made the change; null when its connection has no name. */
  environment: string | null;
  executionId: number;
  jobId: number;
  executionMs: number;
  /** Undefined: the execution is new. */
  from: ExecutionStatus | undefined;
  to: ExecutionStatus;
  fromToken: string | null;
  toToken: string | null;
  jobRevision: number;
  retryCount: number;
  putOffCount: number;
  dueMs: number;
  /** End of the claim's lease. */
  leaseExpiresMs: number | null;
  errorMessage: string | null;
};

/** A broken promise, with a description. */
export type Violation = {
  rule: string;
  detail: string;
};
