import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import * as z from 'zod';

/** The keys that values are sealed with. A `KeyObject` shows nothing of its key when it is printed or logged. */
export type KeyRing = {
  /** The id of the key that new values are sealed with. */
  current: string;
  keys: ReadonlyMap<string, KeyObject>;
};

const KEY_BYTES = 32;
/** Characters of a key in base64, without what fills them up. */
const KEY_LENGTH = 43;

const keyIdSchema = z.string().regex(/^[\w-]{1,64}$/);
const keyRingSchema = z
  .strictObject({
    current: keyIdSchema,
    keys: z.record(keyIdSchema, z.string().regex(/^[A-Za-z0-9+/]{43}=$/)),
  })
  .refine(({ current, keys }) => Object.hasOwn(keys, current));

/**
 * Reads `{"current": ID, "keys": {ID: 32 bytes in base64, …}}`; undefined when the text is anything else. What is wrong
 * with it is not told: it may hold a key.
 */
export function parseKeyRing(text: string): KeyRing | undefined {
  const parsed = keyRingSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const keys = Object.entries(parsed.data.keys).map(
    ([id, key]) => [id, createSecretKey(key, 'base64')] as const,
  );
  return { current: parsed.data.current, keys: new Map(keys) };
}

/** A ring of one new key, as text. */
export function createKeyRing(): string {
  const id = randomBytes(6).toString('hex');
  const keys = { [id]: randomBytes(KEY_BYTES).toString('base64') };
  return `${JSON.stringify({ current: id, keys })}\n`;
}

/** Whether a text is too short to hold even one key, so that nothing is lost when a ring takes its place. */
export function holdsNoKey(text: string): boolean {
  return text.trim().length < KEY_LENGTH;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
