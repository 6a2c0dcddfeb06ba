import * as z from 'zod';

export type Env = Record<string, string | undefined>;

/** @param reason why the bounds are what they are, to be read after them. */
export const integer = (range: { min: number; max: number; default: number }, reason = '') =>
  z
    .string()
    .default(String(range.default))
    .refine(
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= range.min && Number(text) <= range.max,
      `must be an integer from ${range.min} to ${range.max}${reason}`,
    )
    .transform(Number);

/** A URL with one of these schemes, such as `redis`. */
export const url = (...schemes: string[]) =>
  z.string().refine(
    (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
    // With abort, since further rules are about such a URL.
    {
      error: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
      abort: true,
    },
  );

export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((word) => word === 'true');

/**
 * Texts between commas, without blanks around them. One rule for every list: a variable that is set and empty names nothing. It
 * opens nothing, and never stands for the list that holds where the variable is not set.
 */
export const listItems = (text: string): string[] =>
  text.trim() === '' ? [] : text.split(',').map((item) => item.trim());

/** A variable that must not be set, and the reason, to be read after its name. */
export const unset = (reason: string) =>
  z
    .string()
    .optional()
    .refine((value) => value === undefined, reason);

export function isAnySet(env: Env, ...names: string[]): boolean {
  return names.some((name) => env[name] !== undefined);
}
