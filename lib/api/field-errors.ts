import type * as z from 'zod';
import { closestName, writtenNames } from '../domain/closest-name.ts';
import type { FieldError } from '../domain/errors.ts';
import { readOnlyFields } from '../domain/read-back.ts';

type Path = readonly PropertyKey[];

/** The maximum number of errors to look for. It is far more than a client can use. */
export const MAX_ERRORS_FOUND = 1_000;

/** The maximum number of unknown fields of an object that are reported. */
export const MAX_UNKNOWN_FIELDS = 20;
const MAX_KEY_LENGTH = 100;

/**
 * Makes an error of a field. `['jobs', 3, 'headers', 'X-Tag']` is `headers.X-Tag` of item 3. An empty path is the body.
 */
export function fieldError(path: Path, message: string): FieldError {
  const inBatch = path[0] === 'jobs' ? path.slice(1) : path;
  const index = inBatch[0];
  if (typeof index !== 'number') return { field: fieldName(path), message };
  const field = inBatch.length === 1 ? `jobs[${index}]` : fieldName(inBatch.slice(1));
  return { index, field, message };
}

/**
 * Converts zod's issues to errors for clients.
 *
 * @param known the known fields, to suggest the one that was probably meant.
 * @param prefix the path of the item, if it was validated separately.
 */
export function fieldErrors(
  error: z.ZodError,
  { known, prefix = [] }: { known: readonly string[]; prefix?: Path },
): FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [fieldError(path, issue.message)];
    return issue.keys
      .slice(0, MAX_UNKNOWN_FIELDS)
      .map((key) => fieldError([...path, key], unknownField(key, known)));
  });
}

/** Says that a field is unknown, and which one was probably meant. */
export function unknownField(key: string, known: readonly string[]): string {
  if (readOnlyFields.some((field) => field === key) && known.includes('schedule')) {
    return 'is read-only; leave it out';
  }
  const meant = closestName(key, writtenNames(known));
  if (meant !== undefined) return `is an unknown field; did you mean ${meant}?`;
  return `is an unknown field; ${known.length === 0 ? 'there are no fields here' : `the fields are ${known.join(', ')}`}`;
}

function fieldName(path: Path): string {
  if (path.length === 0) return 'body';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${nameOf(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** Returns the name to show. An empty name is shown as "", so that the client can find it. */
const nameOf = (key: PropertyKey): string => (key === '' ? '""' : String(key).slice(0, MAX_KEY_LENGTH));
