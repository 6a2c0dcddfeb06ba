import * as z from 'zod';
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
 * @param schema the schema of the value, to suggest the field that was probably meant.
 * @param prefix the path of the item, if it was validated separately.
 * @param kind what the names are: fields of a body, or parameters of a query.
 */
export function fieldErrors(
  error: z.ZodError,
  {
    schema,
    prefix = [],
    kind = 'field',
  }: { schema: z.core.$ZodType; prefix?: Path; kind?: 'field' | 'parameter' },
): FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [fieldError(path, issue.message)];
    const known = fieldsAt(schema, issue.path);
    return issue.keys
      .slice(0, MAX_UNKNOWN_FIELDS)
      .map((key) => fieldError([...path, key], unknownField(key, known, kind)));
  });
}

/** Returns the names of the fields of an object inside a value. */
function fieldsAt(schema: z.core.$ZodType | undefined, path: Path): readonly string[] {
  const [first, ...rest] = path;
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable
  )
    return fieldsAt(schema.unwrap(), path);
  if (schema instanceof z.ZodArray) return fieldsAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const { shape } = schema;
  return first === undefined ? Object.keys(shape) : fieldsAt(shape[String(first)], rest);
}

/** Says that a field is unknown, and which one was probably meant. */
export function unknownField(
  key: string,
  known: readonly string[],
  kind: 'field' | 'parameter' = 'field',
): string {
  if (readOnlyFields.some((field) => field === key) && known.includes('schedule')) {
    return 'is read-only; leave it out';
  }
  const meant = closestName(key, writtenNames(known));
  if (meant !== undefined) return `is an unknown ${kind}; did you mean ${meant}?`;
  const names = known.length === 0 ? `there are no ${kind}s here` : `the ${kind}s are ${known.join(', ')}`;
  return `is an unknown ${kind}; ${names}`;
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
