import { findJobRequests, findOwnRequests, type StoredRequest } from '../../db/job-requests.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { BelfryError, UnavailableError } from '../../domain/errors.ts';
import type { HttpMethod } from '../../domain/job.ts';
import type { ReasonCode } from '../../domain/reason.ts';
import type { StoredHeaders } from '../../domain/secret-headers.ts';
import { errorField, type Logger } from '../../logger.ts';
import { type ExecutionPayload, toContent } from '../execution-payload.ts';

/** The request of a claimed attempt, with sealed secrets. All its parts come from one version of the job. */
export type AttemptRequest = {
  url: string;
  method: HttpMethod;
  headers: StoredHeaders;
  body: string | Buffer | null;
};

/** The request, or the reason why there is none, for the history. */
type RequestOrReason = AttemptRequest | NotSent;

/** The message and the code of an attempt that cannot be sent. */
export type NotSent = { reason: string; code: ReasonCode };

/** A small request is there at once, a large one is a promise. It never rejects: perhaps nothing waits for it. */
export type PendingRequest = RequestOrReason | Promise<RequestOrReason>;

/** A body may have 1 MiB, and is in memory several times while it arrives. */
const REQUESTS_PER_READ = 8;
/** Tries while PostgreSQL does not answer. A request that is read too late for its lease is not sent. */
const MAX_TRIES = 3;
const TRY_AGAIN_MS = 500;

/** The large requests of claimed executions, by execution id. Each one resolves by itself. */
export type ReadRequests = (
  claimed: readonly (readonly [number, ExecutionPayload])[],
) => ReadonlyMap<number, PendingRequest>;

/** Returns the small request that the payload has. */
export function requestIn({ url, method, content }: ExecutionPayload): AttemptRequest | undefined {
  return content && { url, method, headers: content.headers, body: content.body };
}

/**
 * Reads large requests from PostgreSQL, a few jobs at a time and one read after the other. It keeps the bodies as bytes, outside of V8's heap. All executions of a job share one copy, unless an execution has a
 * body of its own.
 */
export function makeReadRequests(deps: { pool: Pool; clock: Clock; logger: Logger }): ReadRequests {
  const { pool, clock, logger } = deps;

  /** The executions are claimed: to give up at once would end each AT_MOST_ONCE execution without a request. */
  const readPatiently = async (read: Read, ids: readonly number[]): Promise<Map<number, AttemptRequest>> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await read(ids);
      } catch (error) {
        if (!(error instanceof UnavailableError) || tries === MAX_TRIES) throw error;
        await clock.sleepUntil(clock.nowMs() + TRY_AGAIN_MS);
      }
    }
  };

  const readJobs: Read = async (jobIds) => {
    const requests = await findJobRequests(pool, jobIds);
    return new Map(requests.map((stored) => [stored.jobId, toRequest(stored)]));
  };

  const readExecutions: Read = async (ids) => {
    const requests = await findOwnRequests(pool, ids);
    return new Map(requests.map((stored) => [stored.executionId, toRequest(stored)]));
  };

  let reading: Promise<unknown> = Promise.resolve();

  /** Reads a few sources at a time. Each source, a job or an execution, serves the executions that are listed for it. */
  const readAll = (
    what: 'jobIds' | 'executionIds',
    idsBySource: ReadonlyMap<number, readonly number[]>,
    readSome: Read,
    pending: Map<number, PendingRequest>,
  ): void => {
    const sources = [...idsBySource.keys()];
    for (let first = 0; first < sources.length; first += REQUESTS_PER_READ) {
      const chunk = sources.slice(first, first + REQUESTS_PER_READ);
      const read = reading.then(() => readPatiently(readSome, chunk));
      reading = read.catch((error: unknown) =>
        logger.error('requests_not_read', { [what]: chunk, error: errorField(error) }),
      );
      for (const source of chunk) {
        const request = read.then((requests) => requests.get(source) ?? NOT_FOUND, failWith);
        for (const id of idsBySource.get(source) ?? []) pending.set(id, request);
      }
    }
  };

  return (claimed) => {
    const pending = new Map<number, PendingRequest>();
    const idsByJob = new Map<number, number[]>();
    const ownIds: number[] = [];
    for (const [id, { jobId, hasOwnBody }] of claimed) {
      if (hasOwnBody === true) ownIds.push(id);
      else idsByJob.set(jobId, [...(idsByJob.get(jobId) ?? []), id]);
    }
    readAll('jobIds', idsByJob, readJobs, pending);
    readAll('executionIds', new Map(ownIds.map((id) => [id, [id]])), readExecutions, pending);
    return pending;
  };
}

/** Reads requests by the ids of their sources. */
type Read = (ids: readonly number[]) => Promise<Map<number, AttemptRequest>>;

function toRequest({ api, method, ...stored }: Omit<StoredRequest, 'jobId'>): AttemptRequest {
  const { headers, body } = toContent(stored);
  return { url: api, method, headers, body: body === null ? null : Buffer.from(body) };
}

const NOT_FOUND: NotSent = { code: 'REQUEST_UNREADABLE', reason: 'not sent: its job is gone' };

function failWith(error: unknown): NotSent {
  const why = error instanceof BelfryError ? `: ${error.message}` : '';
  return { code: 'REQUEST_UNREADABLE', reason: `not sent: its request cannot be read${why}` };
}
