import { ValidationError } from '../domain/errors.ts';

/** The lists of the API. A cursor is valid for one list, with the same path and the same other parameters. */
export type ListName = 'jobs' | 'history' | 'upcoming' | 'keys' | 'audit';

/**
 * Encodes a position in a list as an opaque string for clients. A position is an integer: an id, or epoch milliseconds.
 */
export function toCursor(list: ListName, position: number): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

/**
 * Decodes a cursor. Returns undefined without a cursor.
 *
 * @throws ValidationError when the cursor does not belong to this list.
 */
export function parseCursor(list: ListName, cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [, position] = /^\w+:(-?\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (position !== undefined && toCursor(list, Number(position)) === cursor) return Number(position);
  throw new ValidationError([
    {
      field: 'cursor',
      message: 'must be the nextCursor of a page of this list; leave it out for the first page',
    },
  ]);
}
