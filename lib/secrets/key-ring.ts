import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../parse-json.ts';

/** The keys that encrypt values. A `KeyObject` does not reveal its key when it is printed or logged. */
export type KeyRing = {
  /** The id of the key that encrypts new values. */
  current: string;
  keys: ReadonlyMap<string, KeyObject>;
};

const KEY_BYTES = 32;
/** Number of characters of a key in base64, without padding. */
const KEY_LENGTH = 43;

const keyIdSchema = z.string().regex(/^[\w-]{1,64}$/);
const keyRingSchema = z
  .strictObject({
    current: keyIdSchema,
    keys: z.record(keyIdSchema, z.string().regex(/^[A-Za-z0-9+/]{43}=$/)),
  })
  .refine(({ current, keys }) => Object.hasOwn(keys, current));

/**
 * Parses `{"current": ID, "keys": {ID: 32 bytes in base64, …}}`. Returns undefined for any other text. It does not say what is
 * wrong, because the text may contain a key.
 */
export function parseKeyRing(text: string): KeyRing | undefined {
  const parsed = keyRingSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const keys = Object.entries(parsed.data.keys).map(
    ([id, key]) => [id, createSecretKey(key, 'base64')] as const,
  );
  return { current: parsed.data.current, keys: new Map(keys) };
}

/** Creates the text of a ring with one new key. */
export function createKeyRing(): string {
  const id = randomBytes(6).toString('hex');
  const keys = { [id]: randomBytes(KEY_BYTES).toString('base64') };
  return `${JSON.stringify({ current: id, keys })}\n`;
}

/** Returns true if a text is too short to contain a key, so that a new ring may replace it without losing a key. */
export function holdsNoKey(text: string): boolean {
  return text.trim().length < KEY_LENGTH;
}
