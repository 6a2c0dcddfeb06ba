import { ValidationError } from '../domain/errors.ts';

/** The lists there are. A cursor is of one of them, and of what the path and the other parameters make of it. */
export type ListName = 'jobs' | 'history' | 'upcoming' | 'keys';

/** A position in a list as clients see it, opaque. Positions are whole numbers: an id, or an instant in ms. */
export function toCursor(list: ListName, position: number): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

/** The position; undefined without a cursor. @throws ValidationError when it is not one of this list. */
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
