import { limits } from '../domain/job.ts';

/** The limits of requests and replies. The limits of a job are in lib/domain/job.ts. */
export const apiLimits = {
  /** Path and query string together, in characters. A path with an id and every parameter needs a tenth of this. */
  uriLength: 2_048,
  /** API Gateway accepts 10,240 bytes from a client, and adds its own headers. Node accepts 16,384 in a local run. */
  headers: { count: 100, sizeBytes: 12_288 },
  /** The body of a request about one job. */
  jobBodyBytes: limits.bodyBytes,
  /** Lambda accepts an event of 6 MB: the body with a backslash before each quote, and the envelope of the gateway. */
  batchBodyBytes: 4 * 1_048_576,
  /** The body of a request for an API key. */
  keyBodyBytes: 16_384,
  /** Jobs in one batch. */
  batchSize: 1_000,
  /** Items in one page of a list. */
  pageSize: 1_000,
  /** Items that `offset` may skip. Each of them is read. */
  offset: 10_000,
  /** The length of a cursor. */
  cursorLength: 400,
  /**
   * The size of a page of a list, in UTF-8 bytes. The response of a Lambda function may have 6 MB, including the
   * envelope, in which each quote and each backslash takes one more byte.
   */
  pageBytes: 2 * 1_048_576,
  /**
   * The size of the reply to a batch in the form in which Lambda sends it: as a JSON string, in which each quote and
   * each backslash takes two bytes. Lambda sends up to 6 MB.
   */
  batchReplyBytes: 5_500_000,
} as const;
