import { isSealed, type StoredHeaders } from '../../domain/secret-headers.ts';
import { BelfryError } from '../../domain/errors.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import { SealError } from '../../secrets/seal.ts';
import { keyIdsOf, openHeaders } from '../seal-headers.ts';
import type { ClaimedAttempt } from './claim-taken.ts';
import type { AttemptRequest, NotSent } from './read-requests.ts';

/** The headers of an attempt with their secrets opened; or the reason why it cannot be sent, for the history. */
export type OpenAttempt = (
  attempt: Pick<ClaimedAttempt, 'id' | 'payload'>,
  request: Pick<AttemptRequest, 'url' | 'headers'>,
) => Promise<{ headers: Record<string, string> } | NotSent>;

/**
 * Opens the secrets of a claimed attempt, for the URL that is called. If a key is unknown, it reads the key ring again. Both
 * tries together take less time than the grace of a lease.
 */
export function makeOpenAttempt({ dataKeys, logger }: { dataKeys: DataKeys; logger: Logger }): OpenAttempt {
  return async ({ id, payload: { jobId } }, { url, headers }) => {
    try {
      const ring = await dataKeys.having(keyIdsOf(headers));
      return { headers: openHeaders(ring, { id: jobId, api: url, headers }) };
    } catch (error) {
      logger.error('headers_not_opened', { executionId: id, jobId, error: errorField(error) });
      return { code: 'SECRETS_UNREADABLE', reason: `not sent: ${reasonOf(error)}` };
    }
  };
}

/** Whether none of them is a secret. */
export function isClear(headers: StoredHeaders): headers is Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && isSealed(value)) return false;
  }
  return true;
}

function reasonOf(error: unknown): string {
  if (error instanceof SealError) return error.message;
  const why = error instanceof BelfryError ? `: ${error.message}` : '';
  return `the keys of its secret headers are not available${why}`;
}
