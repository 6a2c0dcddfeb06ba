import { useState } from 'react';

const BYTES = 16;

/** Not by `randomUUID`, which pages without TLS lack. */
const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(BYTES))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

export type RepeatHeaders = { 'idempotency-key': string };

/**
 * Gives the header with which a form may send its request again after an answer was lost: the API does it once. Another request has
 * another key.
 */
export function useRepeatKey(): (request: unknown) => RepeatHeaders {
  const [keyOf] = useState(() => {
    let last: { text: string; key: string } | undefined;
    return (request: unknown): string => {
      const text = JSON.stringify(request ?? null);
      if (last?.text !== text) last = { text, key: randomKey() };
      return last.key;
    };
  });
  return (request) => ({ 'idempotency-key': keyOf(request) });
}
