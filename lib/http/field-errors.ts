import type * as z from 'zod';
import type { FieldError } from '../domain/errors.ts';

type Path = readonly PropertyKey[];

/** Errors found are counted up to here; what a client can learn from is far fewer. */
export const MAX_ERRORS_FOUND = 1_000;

const MAX_UNKNOWN_FIELDS = 20;
const MAX_KEY_LENGTH = 100;

/** `['jobs', 3, 'headers', 'X-Tag']` is item 3's `headers.X-Tag`; an empty path is the request body itself. */
export function fieldError(path: Path, message: string): FieldError {
  const inBatch = path[0] === 'jobs' ? path.slice(1) : path;
  const index = inBatch[0];
  if (typeof index !== 'number') return { field: fieldName(path), message };
  const field = inBatch.length === 1 ? `jobs[${index}]` : fieldName(inBatch.slice(1));
  return { index, field, message };
}

/** zod's issues as a client reads them; `prefix` is the item's path when it was validated by itself. */
export function fieldErrors(error: z.ZodError, prefix: Path = []): FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [fieldError(path, issue.message)];
    return issue.keys
      .slice(0, MAX_UNKNOWN_FIELDS)
      .map((key) => fieldError([...path, key], 'is not a field that exists here; leave it out'));
  });
}

function fieldName(path: Path): string {
  if (path.length === 0) return 'body';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${nameOf(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** One without a character would leave the client without any name to look for. */
const nameOf = (key: PropertyKey): string => (key === '' ? '""' : String(key).slice(0, MAX_KEY_LENGTH));
