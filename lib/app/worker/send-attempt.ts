import type { RequestSecrets } from '../../domain/exchange.ts';
import { type AttemptResult, latestStartMs } from '../../domain/retry.ts';
import type { Clock } from '../../domain/clock.ts';
import type { CallTarget, Cancellation } from '../../outgoing/call-target.ts';
import { isTopicArn } from '../../domain/callback.ts';
import { isSealed, type StoredHeaders } from '../../domain/secret-headers.ts';
import { attemptHeaders } from './attempt-headers.ts';
import { attemptNumber, type ClaimedAttempt } from './claim-taken.ts';
import { isClear, type OpenAttempt } from './open-attempt.ts';
import type { PublishReport } from './publish-report.ts';
import type { SigningKeys } from './signing-keys.ts';

/**
 * @param onSend called with the lateness of the request, in milliseconds after its due instant.
 * @param cancellation lets a caller break the request off.
 */
export type SendAttempt = (
  attempt: ClaimedAttempt,
  onSend: (latenessMs: number) => void,
  cancellation?: Cancellation,
) => Promise<AttemptResult>;

/**
 * Sends a claimed attempt's request at its due instant, never before, and returns the result.
 *
 * If the request cannot be read, or its secret headers cannot be opened, it is not sent, and the attempt has failed. This ends
 * an AT_MOST_ONCE execution, although no request was sent: its claim is its one attempt. To take the claim back would need a
 * state that survives every crash. The history says "not sent", so that the job's owner can run it again.
 */
export function makeSendAttempt({
  callTarget,
  openAttempt,
  signingKeys,
  publishReport,
  clock,
}: {
  callTarget: CallTarget;
  openAttempt: OpenAttempt;
  signingKeys: Pick<SigningKeys, 'get'>;
  publishReport: PublishReport;
  clock: Clock;
}): SendAttempt {
  return async (attempt, onSend, cancellation) => {
    const { payload } = attempt;
    if (payload.type === 'AT_MOST_ONCE' && attemptNumber(attempt) > 1) {
      // The job was AT_LEAST_ONCE when the first attempt was made. Another request would be one too many now.
      return {
        kind: 'refused',
        code: 'BECAME_AT_MOST_ONCE',
        reason: 'not retried: the job became AT_MOST_ONCE',
      };
    }
    // Each `await` costs a turn of the microtask queue, so existing values are not awaited.
    const request = attempt.request instanceof Promise ? await attempt.request : attempt.request;
    if ('reason' in request) return { kind: 'notSent', ...request };
    const { headers, body } = request;
    const opened = isClear(headers) ? { headers } : await openAttempt(attempt, request);
    if ('reason' in opened) return { kind: 'notSent', ...opened };
    if (attempt.dueMs > clock.nowMs()) await clock.sleepUntil(attempt.dueMs);
    if (clock.nowMs() > attempt.sendByMs) {
      return {
        kind: 'notSent',
        code: 'READY_TOO_LATE',
        reason: 'not sent: what it needs could not be read in time',
      };
    }
    if (cancellation?.isCancelled === true) {
      return { kind: 'refused', code: 'CANCELLED_BY_CALLER', reason: 'not sent' };
    }
    const nowMs = clock.nowMs();
    if (nowMs > latestStartMs(payload)) {
      const reason = `not sent: later than maxAgeSeconds (${payload.maxAgeSeconds}) after the execution time`;
      return { kind: 'refused', code: 'TOO_OLD', reason };
    }
    const ownHeaders = attemptHeaders(attempt, opened.headers, { keys: signingKeys.get(), body, nowMs });
    const outgoing = isTopicArn(request.url)
      ? await publishReport({ topicArn: request.url, body: String(body), headers: ownHeaders }, nowMs)
      : { url: request.url, method: request.method, headers: ownHeaders, body };
    if ('reason' in outgoing) return { kind: 'notSent', ...outgoing };
    onSend(nowMs - attempt.dueMs);
    // Named one by one: every request pays for this object, and spreads would take longer than the rest of this function.
    const sent = callTarget({
      url: outgoing.url,
      method: outgoing.method,
      headers: outgoing.headers,
      body: outgoing.body,
      timeoutMs: payload.timeoutMs,
      isRepeatable: payload.type !== 'AT_MOST_ONCE',
      wantedText: payload.success?.contains ?? undefined,
      cancellation,
    });
    // A request without secrets has no result to change, and none to wait for.
    return opened.headers === headers
      ? sent
      : { ...(await sent), secrets: secretsOf(headers, opened.headers) };
  };
}

function secretsOf(stored: StoredHeaders, opened: Record<string, string>): RequestSecrets {
  const names = Object.entries(stored).flatMap(([name, value]) => (isSealed(value) ? [name] : []));
  return { names, values: names.flatMap((name) => opened[name] ?? []) };
}
