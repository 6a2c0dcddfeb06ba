import type { KeepResponse } from './attempt.ts';
import type { JobOutcome } from './job-filter.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { StoredHeaders } from './secret-headers.ts';
import type { StatusPattern, SuccessRule } from './status-pattern.ts';

export const jobTypes = ['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const;
export type JobType = (typeof jobTypes)[number];

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type HttpMethod = (typeof httpMethods)[number];

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/**
 * A JSON value in its serialised form. A body stays serialised from its validation to the outgoing request: as objects,
 * `{},` repeated to 1 MiB takes 21 MB.
 */
export type JsonText = string;

/** The body of a job without a body. */
export const NO_BODY: JsonText = 'null';

/** The HTTP request of a job. */
export type JobRequest = {
  api: string;
  method: HttpMethod;
  headers: StoredHeaders;
  /** A string is sent unchanged, and any other JSON value as JSON. Null means no body. */
  body: JsonText;
  /** 1 to 90,000. */
  timeoutMs: number;
};

/** A job as it is stored. Its fields are described in `job-fields.ts`. */
export type JobDescription = JobRequest & {
  /** The caller's own name of the job, unique among live jobs. */
  key: string | null;
  name: string | null;
  description: string | null;
  /** Labels for people and for filters, without duplicates. */
  tags: readonly string[];
  /** A label by which jobs are filtered and counted together. */
  group: string | null;
  /** The team, tool or stack that manages the job. */
  owner: string | null;
  /** Cron of 5 or 6 fields, a macro, `@every` or an ISO 8601 instant. */
  schedule: string;
  /** IANA name. */
  timeZone: string;
  type: JobType;
  isRecurring: boolean;
  /** Retries after the first attempt; always 0 for AT_MOST_ONCE. */
  maxRetryCount: number;
  /** Null: 1 s, 2 s, 4 s, 8 s … and at most 5 minutes. A list of delays has as many as there are retries. */
  retry: RetryPolicy | null;
  /** No attempt begins later than this after the execution time. Null: no limit. */
  maxAgeSeconds: number | null;
  /** Responses after which no retry follows. Null: 410. */
  stopOn: readonly StatusPattern[] | null;
  /** Null: every complete response with a status of 200 to 299. */
  success: SuccessRule | null;
  /** Which responses the history keeps. */
  keepResponse: KeepResponse;
  /** Whether requests carry a `traceparent` of Belfry. */
  isTraced: boolean;
  isActive: boolean;
  /**
   * The days after its last run for which a finished job is kept, 0 to 3,650. Null keeps it for ever. It matters only for jobs
   * that do not recur.
   */
  deleteFinishedAfterDays: number | null;
  /** Where Belfry reports each execution that ended FAILED. Null: to the URL of the deployment, if it has one. */
  onFailure: string | null;
  /** Where Belfry reports the first success after a failure. Null: to the URL of the deployment, if it has one. */
  onRecovery: string | null;
  /** Belfry pauses the job when this number of executions in a row ended FAILED, 1 to 1,000. Null: never. */
  pauseAfterFailures: number | null;
};

/** A job as its owner describes it, with all defaults and with unencrypted headers. */
export type NewJob = Omit<JobDescription, 'headers'> & {
  headers: Record<string, string>;
  /** The names of further secret headers, in addition to headers that are secret by their name. */
  secretHeaders: readonly string[];
};

export type JobChanges = Partial<NewJob>;

export type Job = JobDescription & {
  id: number;
  createdAt: Date;
  updatedAt: Date;
  /** Counts all changes of the job, including changes of labels. */
  version: number;
  /** The next occurrence that has not started. Null if there is none. */
  nextExecutionTime: Date | null;
  /** How many of its latest executions ended FAILED, without a success between them. Callbacks do not count. */
  failuresInARow: number;
  /** How the last of its executions in the history ended that succeeded or failed. Null without one. Callbacks do not count. */
  lastOutcome: JobOutcome | null;
  /** When Belfry paused it for its failures. Null if it did not, and after a resume. */
  pausedByFailuresAt: Date | null;
};

/** A job in a list. Its body is null if the caller did not ask for it. */
export type ListedJob = Omit<Job, 'body'> & { body: JsonText | null };

export type JobSchedule = { id: number; jobId: number; nextExecutionTime: Date; createdAt: Date };

/** The limits of a job, from the API and from declarations. */
export const limits = {
  maxTimeoutMs: 90_000,
  maxRetryCount: 100,
  /**
   * The wait before one retry. With a shorter first wait, a target that has just failed would receive several requests a
   * second.
   */
  retryWaitMs: { min: 100, max: 86_400_000 },
  retryFactor: 10,
  /**
   * All waits of an execution together, without jitter: 7 days. The day of an execution stays in the history longer by this
   * time.
   */
  totalRetryWaitMs: 604_800_000,
  maxAgeSeconds: 604_800,
  /** Entries of a list of status codes. */
  statusCount: 50,
  /** The text that a response must contain, in characters. */
  containsLength: 200,
  /** The maximum size of the stored body of a job. */
  bodyBytes: 1_048_576,
  /**
   * The maximum size of headers and body together that go through Redis with each execution. Larger ones stay in
   * PostgreSQL, which stores values of about this size outside of its rows. A worker reads them when it has claimed the
   * execution.
   */
  queuedRequestBytes: 2_048,
  urlLength: 2_048,
  keyLength: 200,
  /** The longest name of a host in DNS. */
  hostLength: 253,
  /** The text of a search. */
  searchLength: 200,
  nameLength: 200,
  descriptionLength: 2_000,
  tagCount: 20,
  tagLength: 64,
  groupLength: 64,
  ownerLength: 200,
  maxKeptDays: 3_650,
  pauseAfterFailures: 1_000,
  headerCount: 50,
  headerBytes: 16_384,
} as const;

export const defaults = {
  timeZone: 'UTC',
  method: 'POST',
  type: 'AT_LEAST_ONCE',
  maxRetryCount: 3,
  timeoutMs: 30_000,
  keepResponse: 'failures',
  deleteFinishedAfterDays: 7,
} as const;
