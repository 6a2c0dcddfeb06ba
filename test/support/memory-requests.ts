import type { ClaimRequest } from '../../lib/app/claim-request.ts';
import type { StoredAnswer } from '../../lib/db/idempotency-keys.ts';

/** Claims of idempotency keys in memory. They never expire. */
export function memoryRequests(): ClaimRequest {
  const known = new Map<string, { requestHash: Buffer; answer: StoredAnswer | undefined }>();
  return async (id, requestHash) => {
    const name = id.toString('hex');
    const request = known.get(name);
    if (request === undefined) {
      const claimed: { requestHash: Buffer; answer: StoredAnswer | undefined } = {
        requestHash,
        answer: undefined,
      };
      known.set(name, claimed);
      return {
        kind: 'claimed',
        keep: async (answer) => void (claimed.answer = answer),
        release: async () => {
          if (claimed.answer === undefined) known.delete(name);
        },
      };
    }
    if (!request.requestHash.equals(requestHash)) return { kind: 'other request' };
    return request.answer === undefined
      ? { kind: 'under way' }
      : { kind: 'answered', answer: request.answer };
  };
}
