import type { FieldError } from '../domain/errors.ts';
import { fieldError, MAX_ERRORS_FOUND } from './field-errors.ts';

// In JSON, both can occur only as an escape, except half of a surrogate pair, which can occur in the text itself.
const ESCAPES = /\\u(?:0000|d[89a-f])/i;
const NUL = 'must not contain the character NUL (\\u0000); remove it';
const SURROGATE =
  'must not contain half a surrogate pair (\\ud800 to \\udfff alone); send both halves or neither';

// Deeper values are refused in any case: by the schema, or by the maximum nesting of a body.
const MAX_DEPTH = 64;

/** Checks the JSON text quickly, so that nearly every request can skip the walk over its values. */
export const mayHoldUnstorable = (json: string): boolean => ESCAPES.test(json) || !json.isWellFormed();

/** Finds strings and names in a value that PostgreSQL cannot store. */
export function findUnstorable(value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  walk(value, [], errors);
  return errors;
}

function walk(value: unknown, path: (string | number)[], errors: FieldError[]): void {
  if (errors.length >= MAX_ERRORS_FOUND || path.length > MAX_DEPTH) return;
  if (typeof value === 'string') return report(value, path, errors);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, [...path, index], errors);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      report(key, [...path, key], errors);
      walk(item, [...path, key], errors);
    }
  }
}

function report(text: string, path: (string | number)[], errors: FieldError[]): void {
  if (text.includes('\0')) errors.push(fieldError(path, NUL));
  if (!text.isWellFormed()) errors.push(fieldError(path, SURROGATE));
}
