import { ValidationError } from '../domain/errors.ts';

type IdOf = 'job' | 'execution' | 'failure group' | 'key' | 'signing key' | 'operation';

/** Parses an id in a path. */
export function parseId(text: string | undefined, of: IdOf): number {
  const id = /^[1-9]\d{0,15}$/.test(text ?? '') ? Number(text) : 0;
  if (id !== 0 && Number.isSafeInteger(id)) return id;
  throw new ValidationError([
    {
      field: 'id',
      message: `must be the id of ${/^[aeiou]/.test(of) ? 'an' : 'a'} ${of}, which is a positive integer`,
    },
  ]);
}
