import { ValidationError } from '../domain/errors.ts';

/** The id in a path, of a job or of a key. */
export function parseId(text: string | undefined, of: 'job' | 'key'): number {
  const id = /^[1-9]\d{0,15}$/.test(text ?? '') ? Number(text) : 0;
  if (id !== 0 && Number.isSafeInteger(id)) return id;
  throw new ValidationError([{ field: 'id', message: `must be the positive integer a ${of} has as its id` }]);
}
