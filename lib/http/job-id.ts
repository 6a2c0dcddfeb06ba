import { ValidationError } from '../domain/errors.ts';

/** The id in a path. */
export function parseJobId(text: string | undefined): number {
  const id = /^[1-9]\d{0,15}$/.test(text ?? '') ? Number(text) : 0;
  if (id !== 0 && Number.isSafeInteger(id)) return id;
  throw new ValidationError([
    { field: 'id', message: 'must be the positive whole number a job has as its id' },
  ]);
}
