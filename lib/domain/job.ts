import type { StoredHeaders } from './secret-headers.ts';

export const jobTypes = ['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const;
export type JobType = (typeof jobTypes)[number];

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type HttpMethod = (typeof httpMethods)[number];

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/**
 * A JSON value as its text. A body stays text from the check of a request to the request that leaves: read into objects,
 * `{},` repeated to 1 MiB takes 21 MB.
 */
export type JsonText = string;

/** The text of a job without a body. */
export const NO_BODY: JsonText = 'null';

/** The HTTP request a job makes. */
export type JobRequest = {
  api: string;
  method: HttpMethod;
  headers: StoredHeaders;
  /** A string is sent as it is, any other JSON value as JSON; null sends none. */
  body: JsonText;
  /** 1 to 90,000. */
  timeoutMs: number;
};

/** A job as it is stored. Its fields are described in `job-fields.ts`. */
export type JobDescription = JobRequest & {
  name: string | null;
  description: string | null;
  /** Labels for people and for filters, each at most once. */
  tags: readonly string[];
  /** Cron of 5 or 6 fields, a macro, `@every` or an ISO 8601 instant. */
  schedule: string;
  /** IANA name. */
  timeZone: string;
  type: JobType;
  isRecurring: boolean;
  /** Retries after the first attempt; always 0 for AT_MOST_ONCE. */
  maxRetryCount: number;
  isActive: boolean;
};

/** A job as its owner describes it, every default filled in and nothing sealed. */
export type NewJob = Omit<JobDescription, 'headers'> & {
  headers: Record<string, string>;
  /** Names of headers whose values are secret, beside those that are by their names. */
  secretHeaders: readonly string[];
};

export type JobChanges = Partial<NewJob>;

export type Job = JobDescription & {
  id: number;
  createdAt: Date;
  updatedAt: Date;
  /** The next occurrence that has not started; null when nothing is to come. */
  nextExecutionTime: Date | null;
};

/** A job as it stands in a list; its body is null where it was not asked for. */
export type ListedJob = Omit<Job, 'body'> & { body: JsonText | null };

export type JobSchedule = { id: number; jobId: number; nextExecutionTime: Date; createdAt: Date };

/** Limits of a job, however it reaches Belfry. */
export const limits = {
  maxTimeoutMs: 90_000,
  maxRetryCount: 100,
  /** The body of a job as it is stored. */
  bodyBytes: 1_048_576,
  /**
   * Headers and body together that go through Redis with each execution. Larger ones stay in PostgreSQL, which keeps about
   * these out of its rows as well, and a worker reads them when it has claimed the execution.
   */
  queuedRequestBytes: 2_048,
  urlLength: 2_048,
  nameLength: 200,
  descriptionLength: 2_000,
  tagCount: 20,
  tagLength: 64,
  headerCount: 50,
  headerBytes: 16_384,
} as const;

export const defaults = {
  timeZone: 'UTC',
  method: 'POST',
  type: 'AT_LEAST_ONCE',
  maxRetryCount: 3,
  timeoutMs: 30_000,
} as const;
