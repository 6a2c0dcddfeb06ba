import { boundedCache } from '../../domain/bounded-cache.ts';
import { traceparentOf } from '../../domain/trace.ts';
import { type SigningKey, signRequest } from '../../secrets/sign-request.ts';
import { attemptNumber, type ClaimedAttempt } from './claim-taken.ts';

/** The headers of Standard Webhooks. The signature is undefined while there is no key. */
export type Signed = { id: string; timestampSeconds: number; signature: string | undefined };

/**
 * Signs an attempt. The id is the same for every attempt of an execution, and it is also the idempotency key. The timestamp is
 * the one of the attempt.
 */
export function signAttempt(
  { id, payload }: ClaimedAttempt,
  { keys, body, nowMs }: { keys: readonly SigningKey[]; body: string | Buffer | null; nowMs: number },
): Signed {
  const messageId = `belfry-${payload.jobId}-${payload.executionTimeMs}-${id}`;
  const timestampSeconds = Math.floor(nowMs / 1_000);
  const signature =
    keys.length === 0 ? undefined : signRequest(keys, { id: messageId, timestampSeconds, body });
  return { id: messageId, timestampSeconds, signature };
}

export type AttemptHeaders = {
  /** The job's own headers. */
  headers: Readonly<Record<string, string>>;
  /** Belfry's headers, which a job cannot set, as lines of HTTP. Each line ends with CRLF. */
  headerLines: string;
};

/** Returns the headers of an attempt. Every request pays for this function, so it writes Belfry's headers as one text. */
export function attemptHeaders(
  attempt: ClaimedAttempt,
  own: Readonly<Record<string, string>>,
  signed: Signed,
): AttemptHeaders {
  const { id, payload } = attempt;
  const { executionTimeMs, trigger, originId } = payload;
  const number = attemptNumber(attempt);
  let hasSignature = false;
  let hasUserAgent = false;
  let isTraced = payload.isTraced !== false;
  for (const name in own) {
    const role = roleOf(name);
    if (role === 'signature') hasSignature = true;
    else if (role === 'agent') hasUserAgent = true;
    // A job that sets the header itself belongs to another trace.
    else if (role === 'trace') isTraced = false;
  }
  let lines = hasUserAgent ? '' : 'user-agent: Belfry\r\n';
  if (isTraced) lines += `traceparent: ${traceparentOf({ id, executionTimeMs }, number)}\r\n`;
  lines +=
    `idempotency-key: ${signed.id}\r\nx-belfry-execution-id: ${id}\r\nx-belfry-attempt: ${number}\r\n` +
    `x-belfry-scheduled-at: ${new Date(executionTimeMs).toISOString()}\r\n` +
    `webhook-id: ${signed.id}\r\nwebhook-timestamp: ${signed.timestampSeconds}\r\n`;
  if (signed.signature !== undefined) lines += `webhook-signature: ${signed.signature}\r\n`;
  if (trigger !== undefined) lines += `x-belfry-trigger: ${trigger}\r\n`;
  if (originId !== undefined) lines += `x-belfry-origin-id: ${originId}\r\n`;
  return { headers: hasSignature ? withoutSignature(own) : own, headerLines: lines };
}

type Role = 'signature' | 'agent' | 'trace' | 'other';

/** Headers that Belfry sets unless the job does, and headers that it always sets. A job of an earlier version may have the latter. */
const ROLES = new Map<string, Role>([
  ['webhook-id', 'signature'],
  ['webhook-timestamp', 'signature'],
  ['webhook-signature', 'signature'],
  ['user-agent', 'agent'],
  ['traceparent', 'trace'],
]);

/** By name: most requests have the same ones. */
const known = boundedCache<string, Role>(1_000);
const findRole = (name: string): Role => ROLES.get(name.toLowerCase()) ?? 'other';
const roleOf = (name: string): Role => known(name, findRole);

function withoutSignature(own: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(own).filter(([name]) => roleOf(name) !== 'signature'));
}
