import { claimExecutions } from '../../db/claim-executions.ts';
import { findExecutionRequests } from '../../db/dispatch-executions.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { toPayload, type ExecutionPayload } from '../execution-payload.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { HeldExecution } from './held-execution.ts';
import { type NotSent, type PendingRequest, type ReadRequests, requestIn } from './read-requests.ts';

/** A claimed execution. No other worker runs it before its lease ends. */
export type ClaimedAttempt = {
  id: number;
  payload: ExecutionPayload;
  request: PendingRequest;
  claimToken: string;
  /** Number of retries before this attempt. */
  retryCount: number;
  /** How often the target has put the execution off without spending a retry. */
  putOffCount: number;
  /** The request is sent at this instant, not before. */
  dueMs: number;
  /** The request is not sent after this instant: its lease could end before the response arrives. */
  sendByMs: number;
};

/** 1 for the first request of an execution. Each further one is a retry, or follows a pause that its target asked for. */
export const attemptNumber = ({ retryCount, putOffCount }: ClaimedAttempt): number =>
  retryCount + putOffCount + 1;

/** The job was changed after the dispatch, and the new version could not be read. */
const NOT_READ: NotSent = {
  code: 'REQUEST_UNREADABLE',
  reason: 'not sent: its job was changed, and could not be read again',
};

/**
 * An id may have been taken twice: its payload was lost or expired while the id was held, and a tick queued it again. One claim is one
 * attempt. The other copy leaves Redis when the run ends.
 */
export type ClaimTaken = (
  taken: readonly Pick<HeldExecution, 'id' | 'payload'>[],
  claimToken: string,
) => Promise<{ claimed: Map<number, ClaimedAttempt>; refusedIds: number[] }>;

/**
 * Claims taken executions in PostgreSQL. Refused executions were claimed elsewhere, withdrawn, or are not due in PostgreSQL;
 * this worker must not run them. A claim may be repeated under the same token until it is answered.
 */
export function makeClaimTaken(deps: {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  readRequests: ReadRequests;
  settings: { claimAheadMs: number; leaseGraceMs: number };
}): ClaimTaken {
  const { pool, clock, logger, readRequests, settings } = deps;

  const payloadsFromDatabase = async (ids: readonly number[]): Promise<Map<number, ExecutionPayload>> => {
    if (ids.length === 0) return new Map();
    const executions = await findExecutionRequests(pool, ids);
    return new Map(executions.map((execution) => [execution.id, toPayload(execution)]));
  };

  /** Undefined when PostgreSQL does not answer. It must not reject, because the claims of other executions are already made. */
  const readCurrent = async (ids: readonly number[]): Promise<Map<number, ExecutionPayload> | undefined> => {
    try {
      return await payloadsFromDatabase(ids);
    } catch (error) {
      logger.error('requests_not_read', { executionIds: ids, error: errorField(error) });
      return undefined;
    }
  };

  return async (taken, claimToken) => {
    const payloads = new Map<number, ExecutionPayload>();
    for (const { id, payload } of taken) if (payload !== undefined) payloads.set(id, payload);
    const unknown = taken.filter(({ id }) => !payloads.has(id)).map(({ id }) => id);
    for (const [id, payload] of await payloadsFromDatabase(unknown)) payloads.set(id, payload);
    if (payloads.size === 0) return { claimed: new Map(), refusedIds: taken.map(({ id }) => id) };

    const nowMs = clock.nowMs();
    let longestMs = 0;
    for (const { timeoutMs } of payloads.values()) longestMs = Math.max(longestMs, timeoutMs);
    const claims = await claimExecutions(pool, {
      executions: [...payloads].map(([id, payload]) => ({
        id,
        executionTime: new Date(payload.executionTimeMs),
      })),
      claimToken,
      now: new Date(nowMs),
      dueBy: new Date(nowMs + settings.claimAheadMs),
      leaseExpiresAt: new Date(nowMs + settings.claimAheadMs + longestMs + settings.leaseGraceMs),
    });

    // The job was changed after its dispatch: the request follows the new version, and its timeout must fit the lease.
    const outdated = claims.filter((claim) => payloads.get(claim.id)?.revision !== claim.jobRevision);
    const current = await readCurrent(outdated.map((claim) => claim.id));
    for (const [id, payload] of current ?? []) {
      const delays = payloads.get(id)?.delays;
      payloads.set(id, {
        ...payload,
        timeoutMs: Math.min(payload.timeoutMs, longestMs),
        ...(delays !== undefined && { delays }),
      });
    }

    const unread = new Set(current === undefined ? outdated.map((claim) => claim.id) : []);
    const large: [number, ExecutionPayload][] = [];
    for (const { id } of claims) {
      const payload = payloads.get(id);
      if (payload !== undefined && payload.content === undefined) large.push([id, payload]);
    }
    const largeRequests = readRequests(large);
    const sendByMs = nowMs + settings.claimAheadMs + settings.leaseGraceMs / 2;
    const claimed = new Map<number, ClaimedAttempt>();
    for (const { id, retryCount, putOffCount, retryDueAt } of claims) {
      const payload = payloads.get(id);
      if (payload === undefined) continue;
      const request = unread.has(id) ? NOT_READ : (requestIn(payload) ?? largeRequests.get(id));
      if (request === undefined) continue;
      // The due instant comes from PostgreSQL: the queue drops it once it has passed, and has it from another function's clock.
      const dueMs = retryDueAt?.getTime() ?? payload.executionTimeMs;
      claimed.set(id, { id, payload, request, claimToken, retryCount, putOffCount, dueMs, sendByMs });
    }
    const refusedIds: number[] = [];
    for (const { id } of taken) if (!claimed.has(id)) refusedIds.push(id);
    return { claimed, refusedIds };
  };
}
