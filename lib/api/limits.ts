import { limits } from '../domain/job.ts';

/** Limits of a request and of a reply; the limits of a job are the domain's. */
export const apiLimits = {
  /** Path and query together, in characters; a path with an id and every parameter needs a tenth of it. */
  uriLength: 2_048,
  /** API Gateway takes 10,240 bytes from a client and adds its own headers; Node, on one machine, takes 16,384. */
  headers: { count: 100, sizeBytes: 12_288 },
  /** The body of a request about one job. */
  jobBodyBytes: limits.bodyBytes,
  /** Lambda takes an event of 6 MB: this, the gateway's envelope around it, and a backslash before each of its quotes. */
  batchBodyBytes: 4 * 1_048_576,
  /** The body of a request for an API key. */
  keyBodyBytes: 16_384,
  /** Jobs in one batch. */
  batchSize: 1_000,
  /** Items in one page of a list. */
  pageSize: 1_000,
  /**
   * A page of a list, in UTF-8 bytes. Lambda answers with 6 MB at most, its envelope included, in which each quote and
   * backslash takes one byte more.
   */
  pageBytes: 2 * 1_048_576,
  /**
   * The reply to a batch in the form in which Lambda sends it: as a string in JSON, in which quotes and backslashes take two
   * bytes. Lambda sends 6 MB.
   */
  batchReplyBytes: 5_500_000,
} as const;
