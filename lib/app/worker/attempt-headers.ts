import { traceparentOf } from '../../domain/trace.ts';
import { type SigningKey, signRequest } from '../../secrets/sign-request.ts';
import { attemptNumber, type ClaimedAttempt } from './claim-taken.ts';

/** Headers of Standard Webhooks. A job of an earlier version may have them. */
const SIGNATURE_HEADERS = new Set(['webhook-id', 'webhook-timestamp', 'webhook-signature']);

/**
 * The job's own headers, and Belfry's, which a job cannot set. The idempotency key is the same for every attempt, and it is also
 * the id that Standard Webhooks asks for. The timestamp is the one of the attempt.
 *
 * Every request pays for this function, so it fills one object, and spreads none.
 */
export function attemptHeaders(
  attempt: ClaimedAttempt,
  own: Record<string, string>,
  { keys, body, nowMs }: { keys: readonly SigningKey[]; body: string | Buffer | null; nowMs: number },
): Record<string, string> {
  const { id, payload } = attempt;
  const { executionTimeMs, trigger, originId } = payload;
  const number = attemptNumber(attempt);
  const messageId = `belfry-${payload.jobId}-${executionTimeMs}-${id}`;
  const timestampSeconds = Math.floor(nowMs / 1_000);
  const headers: Record<string, string> = {};
  let hasUserAgent = false;
  let isTraced = payload.isTraced !== false;
  for (const name in own) {
    const value = own[name];
    const lowerCase = name.toLowerCase();
    if (value === undefined || SIGNATURE_HEADERS.has(lowerCase)) continue;
    headers[name] = value;
    if (lowerCase === 'user-agent') hasUserAgent = true;
    // A job that sets the header itself belongs to another trace.
    if (lowerCase === 'traceparent') isTraced = false;
  }
  if (!hasUserAgent) headers['user-agent'] = 'Belfry';
  if (isTraced) headers['traceparent'] = traceparentOf({ id, executionTimeMs }, number);
  headers['idempotency-key'] = messageId;
  headers['x-belfry-execution-id'] = String(id);
  headers['x-belfry-attempt'] = String(number);
  headers['x-belfry-scheduled-at'] = new Date(executionTimeMs).toISOString();
  headers['webhook-id'] = messageId;
  headers['webhook-timestamp'] = String(timestampSeconds);
  if (keys.length > 0) {
    headers['webhook-signature'] = signRequest(keys, { id: messageId, timestampSeconds, body });
  }
  if (trigger !== undefined) headers['x-belfry-trigger'] = trigger;
  if (originId !== undefined) headers['x-belfry-origin-id'] = String(originId);
  return headers;
}
