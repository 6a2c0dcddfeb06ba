import { randomUUID } from 'node:crypto';
import { claimKey, findRequest, keepAnswer, releaseKey, type StoredAnswer } from '../db/idempotency-keys.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { DAY_MS } from '../domain/day.ts';
import { RequestUnderWayError } from '../domain/errors.ts';
import { errorField, type Logger } from '../logger.ts';
import { functions } from '../topology.ts';

/** How long a key stands for its first request. */
export const KEY_KEPT_MS = DAY_MS;

/** Longer than the API function can run: a function whose claim has ended is dead, or answers no one. */
const CLAIM_MS = (functions.api.timeoutSeconds + 2) * 1_000;

/** The number of times to try. Each further try means that the key was freed between two statements. */
const MAX_TRIES = 3;

/**
 * Stores the answer of a request in the transaction of its change. A use case that changes something calls it at the end
 * of its transaction, with its result. It is undefined for a request without an idempotency key.
 */
export type KeepAnswer<Result> = ((tx: Queryable, result: Result) => Promise<void>) | undefined;

export type Claim =
  | {
      kind: 'claimed';
      /** Stores the answer, in a transaction or by itself. Throws a RequestUnderWayError if the claim was lost. */
      keep: (answer: StoredAnswer, tx?: Queryable) => Promise<void>;
      /** Frees the key, unless an answer was stored. It never throws. */
      release: () => Promise<void>;
    }
  | { kind: 'answered'; answer: StoredAnswer }
  /** The key belongs to a different request. */
  | { kind: 'other request' }
  | { kind: 'under way' };

export type ClaimRequest = (id: Buffer, requestHash: Buffer) => Promise<Claim>;

/**
 * Claims an idempotency key for a request, or finds the answer to the same request. A claim ends when the answer is
 * stored, when it is released, or some seconds after the timeout of the API function. Two requests never store an answer
 * under one claim, so of two that overlap, only one commits its change.
 */
export function makeClaimRequest(deps: { pool: Pool; clock: Clock; logger: Logger }): ClaimRequest {
  const { pool, clock, logger } = deps;

  const claimed = (claim: { id: Buffer; token: string }): Claim => ({
    kind: 'claimed',
    keep: async (answer, tx = pool) => {
      if (!(await keepAnswer(tx, claim, answer))) throw new RequestUnderWayError();
    },
    release: async () => {
      try {
        await releaseKey(pool, claim);
      } catch (error) {
        // The key is free again when the claim has ended.
        logger.warn('idempotency_key_not_released', { error: errorField(error) });
      }
    },
  });

  return async (id, requestHash) => {
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const nowMs = clock.nowMs();
      const token = randomUUID();
      const isClaimed = await claimKey(pool, {
        id,
        requestHash,
        token,
        now: new Date(nowMs),
        claimExpiresAt: new Date(nowMs + CLAIM_MS),
        expiredAt: new Date(nowMs - KEY_KEPT_MS),
      });
      if (isClaimed) return claimed({ id, token });
      const known = await findRequest(pool, id);
      if (known === undefined) continue;
      if (!known.requestHash.equals(requestHash)) return { kind: 'other request' };
      const { statusCode, headers, body } = known;
      if (statusCode === null || headers === null || body === null) return { kind: 'under way' };
      return { kind: 'answered', answer: { statusCode, headers, body } };
    }
    return { kind: 'under way' };
  };
}
