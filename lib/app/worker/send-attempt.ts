import type { RequestSecrets } from '../../domain/exchange.ts';
import { type AttemptResult, latestStartMs } from '../../domain/retry.ts';
import type { Clock } from '../../domain/clock.ts';
import type { CallTarget, Cancellation, TargetRequest } from '../../outgoing/call-target.ts';
import { isTopicArn } from '../../domain/callback.ts';
import { isSealed, type StoredHeaders } from '../../domain/secret-headers.ts';
import { attemptHeaders, signAttempt } from './attempt-headers.ts';
import { attemptNumber, type ClaimedAttempt } from './claim-taken.ts';
import { isClear, type OpenAttempt } from './open-attempt.ts';
import type { PublishReport } from './publish-report.ts';
import type { AttemptRequest, NotSent } from './read-requests.ts';
import type { SigningKeys } from './signing-keys.ts';

/**
 * @param onSend called when the request is sent, with its lateness in milliseconds after its due instant, and with the time.
 * @param cancellation lets a caller break the request off.
 */
export type SendAttempt = (
  attempt: ClaimedAttempt,
  onSend: (latenessMs: number, nowMs: number) => void,
  cancellation?: Cancellation,
) => AttemptResult | Promise<AttemptResult>;

/** A request with its secrets opened. */
type OpenedRequest = { request: AttemptRequest; headers: Record<string, string> };

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
  /** Reads the request and opens its secrets, and waits for the due instant. */
  const prepare = async (attempt: ClaimedAttempt): Promise<OpenedRequest | NotSent> => {
    const request = await attempt.request;
    if ('reason' in request) return request;
    const opened = isClear(request.headers)
      ? { headers: request.headers }
      : await openAttempt(attempt, request);
    if ('reason' in opened) return opened;
    if (attempt.dueMs > clock.nowMs()) await clock.sleepUntil(attempt.dueMs);
    return { request, headers: opened.headers };
  };

  const call = (
    outgoing: Pick<TargetRequest, 'url' | 'method' | 'headers' | 'headerLines' | 'body'>,
    { payload }: ClaimedAttempt,
    cancellation: Cancellation | undefined,
  ): Promise<AttemptResult> =>
    // Named one by one: every request pays for this object, and spreads would take longer than the rest of this function.
    callTarget({
      url: outgoing.url,
      method: outgoing.method,
      headers: outgoing.headers,
      headerLines: outgoing.headerLines,
      body: outgoing.body,
      timeoutMs: payload.timeoutMs,
      isRepeatable: payload.type !== 'AT_MOST_ONCE',
      wantedText: payload.success?.contains ?? undefined,
      cancellation,
    });

  const sendOpened: (opened: OpenedRequest, ...rest: Parameters<SendAttempt>) => ReturnType<SendAttempt> = (
    { request, headers },
    attempt,
    onSend,
    cancellation,
  ) => {
    const nowMs = clock.nowMs();
    const refused = reasonNotToSend(attempt, nowMs, cancellation);
    if (refused !== undefined) return refused;
    const { url, method, body } = request;
    const signed = signAttempt(attempt, { keys: signingKeys.get(), body, nowMs });
    if (isTopicArn(url)) {
      return publishReport({ topicArn: url, body: String(body), signed }, nowMs).then((report) => {
        if ('reason' in report) return { kind: 'notSent', ...report };
        onSend(nowMs - attempt.dueMs, nowMs);
        return call(report, attempt, cancellation);
      });
    }
    onSend(nowMs - attempt.dueMs, nowMs);
    const sent = call(
      { url, method, body, ...attemptHeaders(attempt, headers, signed) },
      attempt,
      cancellation,
    );
    // A request without secrets has no result to change.
    if (headers === request.headers) return sent;
    const secrets = secretsOf(request.headers, headers);
    return sent.then((result) => ({ ...result, secrets }));
  };

  return (attempt, onSend, cancellation) => {
    const { request, payload } = attempt;
    if (payload.type === 'AT_MOST_ONCE' && attemptNumber(attempt) > 1) {
      // The job was AT_LEAST_ONCE when the first attempt was made. Another request would be one too many now.
      return {
        kind: 'refused',
        code: 'BECAME_AT_MOST_ONCE',
        reason: 'not retried: the job became AT_MOST_ONCE',
      };
    }
    // The usual request is small, has no secrets and is due. It waits for nothing, and each wait would cost it an object and a turn of
    // the microtask queue.
    const isReady = !(request instanceof Promise) && 'url' in request && attempt.dueMs <= clock.nowMs();
    if (isReady && isClear(request.headers)) {
      return sendOpened({ request, headers: request.headers }, attempt, onSend, cancellation);
    }
    return prepare(attempt).then((opened) =>
      'reason' in opened ? { kind: 'notSent', ...opened } : sendOpened(opened, attempt, onSend, cancellation),
    );
  };
}

/** Why a request that is ready is not sent. Undefined if it may be sent. */
function reasonNotToSend(
  { payload, sendByMs }: ClaimedAttempt,
  nowMs: number,
  cancellation: Cancellation | undefined,
): AttemptResult | undefined {
  if (nowMs > sendByMs) {
    return {
      kind: 'notSent',
      code: 'READY_TOO_LATE',
      reason: 'not sent: what it needs could not be read in time',
    };
  }
  if (cancellation?.isCancelled === true) {
    return { kind: 'refused', code: 'CANCELLED_BY_CALLER', reason: 'not sent' };
  }
  if (nowMs > latestStartMs(payload)) {
    const reason = `not sent: later than maxAgeSeconds (${payload.maxAgeSeconds}) after the execution time`;
    return { kind: 'refused', code: 'TOO_OLD', reason };
  }
  return undefined;
}

function secretsOf(stored: StoredHeaders, opened: Record<string, string>): RequestSecrets {
  const names = Object.entries(stored).flatMap(([name, value]) => (isSealed(value) ? [name] : []));
  return { names, values: names.flatMap((name) => opened[name] ?? []) };
}
