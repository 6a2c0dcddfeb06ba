import * as z from 'zod';

export type Env = Record<string, string | undefined>;

export const integer = (range: { min: number; max: number; default: number }) =>
  z.coerce.number().int().min(range.min).max(range.max).default(range.default);

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
