import type { ExecutionStatus } from '../../../lib/domain/execution.ts';
import type { JobType } from '../../../lib/domain/job.ts';

/** All that a run leaves behind: what was asked, what was answered, what was sent, and what PostgreSQL has. */
export type Journal = {
  jobs: readonly AskedJob[];
  requests: readonly ReceivedRequest[];
  stored: readonly StoredJob[];
  executions: readonly StoredExecution[];
  /** In the order in which they happened. */
  transitions: readonly Transition[];
  /** What the API answered, whatever was broken. */
  answers: readonly ApiAnswer[];
  /** Of ticks that came to their end. */
  ticks: readonly { startedMs: number; endedMs: number }[];
  /** Before this, all that was due has had its time to end. */
  quietMs: number;
};

/** How a target answers the requests of a job. */
export type Behaviour =
  | { kind: 'ok' }
  | { kind: 'fail' }
  /** 500 to the first attempts of an execution. */
  | { kind: 'fail-first'; attempts: number }
  | { kind: 'hang' }
  | { kind: 'cut' }
  /** So long after the request came: in time, or after the job's timeout. */
  | { kind: 'slow' | 'late'; afterMs: number };

/** `unknown`: it may be there or not. */
export type Answer =
  | { kind: 'acknowledged'; atMs: number; id: number; firstMs: number }
  | { kind: 'refused'; status: number }
  | { kind: 'unknown' };

export type StopKind = 'pause' | 'change' | 'delete';

export type AskedJob = {
  number: number;
  name: string;
  type: JobType;
  maxRetryCount: number;
  timeoutMs: number;
  /** Characters of the body that each request carries, beside what is around them. */
  bodyLength: number;
  /** As it was sent to the API. */
  schedule: string;
  isRecurring: boolean;
  behaviour: Behaviour;
  /** Jobs of one request have the same, and exist all or none. */
  request: number;
  answer: Answer;
  /** What was asked of it later; `ackMs` is when it was acknowledged, undefined when it was not. */
  stop: { kind: StopKind; sentMs: number; ackMs: number | undefined } | undefined;
};

export type ApiAnswer = {
  what: string;
  atMs: number;
  /** Undefined: none. */
  status: number | undefined;
  /** Of a problem. */
  code: string | undefined;
  hasRetryAfter: boolean;
};

export type ReceivedRequest = {
  job: number;
  /** Of the URL: 1 as created, 2 as changed. */
  revision: number;
  executionId: number;
  attempt: number;
  scheduledMs: number;
  arrivedMs: number;
  /** Of its body, when it was whole; undefined before that. */
  bodyBytes: number | undefined;
  /** The status it was answered with, whoever was there to hear it. */
  answered: number | undefined;
};

export type StoredJob = {
  id: number;
  name: string;
  isActive: boolean;
  isDeleted: boolean;
  /** What its schedule has still to dispatch. */
  nextMs: number | undefined;
};

export type StoredExecution = {
  id: number;
  jobId: number;
  executionMs: number;
  dueMs: number;
  status: ExecutionStatus;
  retryCount: number;
  isWithdrawn: boolean;
  errorMessage: string | null;
};

export type Transition = {
  seq: number;
  atMs: number;
  /** Who wrote it; null when it did not say. */
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
  dueMs: number;
  /** Of a claim. */
  leaseExpiresMs: number | null;
  errorMessage: string | null;
};

/** Something that is not as promised, in plain words. */
export type Violation = {
  rule: string;
  detail: string;
};
