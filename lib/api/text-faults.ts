import type { FieldError } from '../domain/errors.ts';
import { fieldError, MAX_ERRORS_FOUND } from './field-errors.ts';

// In JSON text neither can stand but as an escape, save for a surrogate that came as one half.
const ESCAPES = /\\u(?:0000|d[89a-f])/i;
const NUL = 'must not hold the character NUL (\\u0000); leave it out';
const SURROGATE =
  'must not hold half a surrogate pair (\\ud800 to \\udfff alone); send both halves or neither';

// What lies deeper is refused anyway: by the schema, or by the nesting a body may have.
const MAX_DEPTH = 64;

/** Cheap first look at the text, so that nearly every request is spared the walk over its values. */
export const mayHoldUnstorable = (json: string): boolean => ESCAPES.test(json) || !json.isWellFormed();

/** Texts and names anywhere in a value that PostgreSQL stores in no form. */
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
