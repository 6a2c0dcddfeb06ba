import { type FieldError, ValidationError } from '../../../lib/domain/errors.ts';

/** The errors of the ValidationError that a parser throws; none where it throws nothing. */
export function errorsOf(parse: () => unknown): readonly FieldError[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof ValidationError) return error.errors;
    throw error;
  }
  return [];
}
