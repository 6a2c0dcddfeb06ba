import type { DataKeys } from '../../lib/secrets/data-keys.ts';
import { type KeyRing, parseKeyRing } from '../../lib/secrets/key-ring.ts';

const keyOf = (id: string): string => Buffer.alloc(32, id).toString('base64');

/** A key ring as text: a key for each id, always the same one, the first of them current. */
export function keyRingText(current: string, ...others: string[]): string {
  const keys = Object.fromEntries([current, ...others].map((id) => [id, keyOf(id)]));
  return JSON.stringify({ current, keys });
}

export function keyRingOf(current: string, ...others: string[]): KeyRing {
  const ring = parseKeyRing(keyRingText(current, ...others));
  if (ring === undefined) throw new Error('not a key ring');
  return ring;
}

/** Keys that are at hand; a test may put others there, or have them fail. */
export function makeTestDataKeys(): DataKeys & { use: (ring: KeyRing | Error) => void } {
  let held: KeyRing | Error = keyRingOf('first');
  const read = async (): Promise<KeyRing> => {
    if (held instanceof Error) throw held;
    return held;
  };
  return { get: read, having: read, use: (ring) => (held = ring) };
}
