import { ValidationError } from '../domain/errors.ts';
import type { ExecutionPosition } from '../domain/execution-filter.ts';
import type { JobOrder, JobPlace, JobSort } from '../domain/job-order.ts';
import type { UpcomingPlace } from '../domain/upcoming.ts';

/** The lists of the API. A cursor is valid for one list, with the same path and the same other parameters. */
export type ListName =
  | 'jobs'
  | 'newestJobs'
  | 'jobsByNextTime'
  | 'history'
  | 'upcoming'
  | 'allUpcoming'
  | 'keys'
  | 'executions'
  | 'audit'
  | 'operations'
  | 'signingKeys'
  | 'failures'
  | 'failedJobs'
  | 'groups'
  | 'hosts';

/**
 * Encodes a position in a list as an opaque string for clients. A position is one or two integers: an id, a time, or
 * both.
 */
export function toCursor(list: ListName, position: string): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

/**
 * Decodes a cursor of one integer. Returns undefined without a cursor.
 *
 * @throws ValidationError when the cursor does not belong to this list.
 */
export const parseCursor = (list: ListName, cursor: string | undefined): number | undefined =>
  parsePosition(list, cursor, 1)?.[0];

/** The position of an execution in lists over all jobs. */
export const executionPosition = ({ timeUs, id }: ExecutionPosition): string => `${timeUs}:${id}`;

/** Decodes a cursor of `executionPosition`. */
export function parseExecutionCursor(
  list: ListName,
  cursor: string | undefined,
): ExecutionPosition | undefined {
  const [timeUs, id] = parsePosition(list, cursor, 2) ?? [];
  return timeUs === undefined || id === undefined ? undefined : { timeUs, id };
}

/** The position in a list of upcoming executions. */
export const upcomingPosition = ({ atUs, isDispatched, id }: UpcomingPlace): string =>
  `${atUs}:${isDispatched ? 0 : 1}:${id}`;

/** Decodes a cursor of `upcomingPosition`. */
export function parseUpcomingCursor(list: ListName, cursor: string | undefined): UpcomingPlace | undefined {
  const [atUs, source, id] = parsePosition(list, cursor, 3) ?? [];
  if (atUs === undefined || id === undefined) return undefined;
  return { atUs, isDispatched: source === 0, id };
}

/** Decodes a cursor whose position is a name. Returns undefined without a cursor. */
export function parseNameCursor(list: ListName, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const name = text.slice(list.length + 1);
  // PostgreSQL cannot store the character NUL.
  const isOurs = name !== '' && !name.includes('\0') && toCursor(list, name) === cursor;
  if (isOurs && text.startsWith(`${list}:`)) return name;
  throw new WrongCursor();
}

class WrongCursor extends ValidationError {
  constructor() {
    super([
      {
        field: 'cursor',
        message: 'must be the nextCursor of a page of this list; leave it out for the first page',
      },
    ]);
  }
}

/** The list that a cursor of jobs belongs to: each order has its own. */
export const listOfJobs = {
  createdAt: 'jobs',
  '-createdAt': 'newestJobs',
  nextExecutionTime: 'jobsByNextTime',
} as const satisfies Record<JobSort, ListName>;

export const jobPosition = (place: JobPlace): string =>
  typeof place === 'number' ? String(place) : upcomingPosition(place);

/** Decodes a cursor of `jobPosition`, for a list in an order. */
export const parseJobsCursor = (sort: JobSort, cursor: string | undefined): JobOrder =>
  sort === 'nextExecutionTime'
    ? { sort, after: parseUpcomingCursor(listOfJobs[sort], cursor) }
    : { sort, after: parseCursor(listOfJobs[sort], cursor) };

function parsePosition(list: ListName, cursor: string | undefined, length: number): number[] | undefined {
  if (cursor === undefined) return undefined;
  const [name, ...position] = Buffer.from(cursor, 'base64url').toString('latin1').split(':');
  const isOurs = position.length === length && position.every((part) => /^-?\d{1,16}$/.test(part));
  const numbers = position.map(Number);
  if (isOurs && name === list && toCursor(list, numbers.join(':')) === cursor) return numbers;
  throw new WrongCursor();
}
