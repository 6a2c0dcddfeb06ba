import { createCipheriv, randomBytes } from 'node:crypto';
import type { SealedValue } from '../../lib/domain/secret-headers.ts';
import type { DataKeys } from '../../lib/secrets/data-keys.ts';
import { type KeyRing, parseKeyRing } from '../../lib/secrets/key-ring.ts';

const keyOf = (id: string): string => Buffer.alloc(32, id).toString('base64');

/** Returns a key ring as text. The key of an id is always the same, and the first key is current. */
export function keyRingText(current: string, ...others: string[]): string {
  const keys = Object.fromEntries([current, ...others].map((id) => [id, keyOf(id)]));
  return JSON.stringify({ current, keys });
}

export function keyRingOf(current: string, ...others: string[]): KeyRing {
  const ring = parseKeyRing(keyRingText(current, ...others));
  if (ring === undefined) throw new Error('not a key ring');
  return ring;
}

/** Seals a value as an earlier version did, which did not bind it to the origin of the job's URL. */
export function sealAsBefore(ring: KeyRing, jobId: number, name: string, value: string): SealedValue {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', ring.keys.get(ring.current)!, nonce).setAAD(
    Buffer.from(`belfry/job/${jobId}/header/${name.toLowerCase()}`),
  );
  const sealed = Buffer.concat([nonce, cipher.update(value, 'latin1'), cipher.final(), cipher.getAuthTag()]);
  return { $secret: `v1:${ring.current}:${sealed.toString('base64url')}` };
}

/** Keys that a test can replace, or make unavailable. */
export function makeTestDataKeys(): DataKeys & { use: (ring: KeyRing | Error) => void } {
  let held: KeyRing | Error = keyRingOf('first');
  const read = async (): Promise<KeyRing> => {
    if (held instanceof Error) throw held;
    return held;
  };
  return { get: read, having: read, use: (ring) => (held = ring) };
}
