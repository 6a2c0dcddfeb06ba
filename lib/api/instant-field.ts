import * as z from 'zod';
import { parseInstant } from '../domain/schedule/parse-instant.ts';

/** Describes the form of an instant. A fixed example would be in the past one day, or later than a field allows. */
export const INSTANT_FORM =
  'in the form YYYY-MM-DDThh:mm:ssZ, or with an offset such as +02:00 in place of Z';
const INSTANT_REMEDY = `must be an ISO 8601 instant ${INSTANT_FORM}`;
const WITH_SECONDS = /^.{16}:\d\d/;

/** The field of an instant in a request. It has the form of RFC 3339. */
export const instantField = (description: string) =>
  z
    .string(INSTANT_REMEDY)
    .max(40, INSTANT_REMEDY)
    .refine(isInstant, INSTANT_REMEDY)
    .meta({ description, format: 'date-time', examples: ['2031-05-01T12:00:00Z'] });

export const toDate = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(parseInstant(text));

/** A rule for a range between two instants: an empty range would silently list nothing. */
export const inOrder = <From extends string, To extends string>(
  from: From,
  to: To,
): [(given: { [Name in From | To]?: string }) => boolean, { path: PropertyKey[]; error: string }] => [
  (given) => {
    const [first, last] = [given[from], given[to]];
    if (first === undefined || last === undefined) return true;
    // An instant that is invalid has its own error.
    if (!isInstant(first) || !isInstant(last)) return true;
    return parseInstant(first) < parseInstant(last);
  },
  { path: [to], error: `must be later than ${from}; send a later ${to}, or an earlier ${from}` },
];

/** Tells whether a string is a `date-time` as in RFC 3339, which has seconds. */
function isInstant(text: string): boolean {
  if (!WITH_SECONDS.test(text)) return false;
  try {
    parseInstant(text);
    return true;
  } catch {
    return false;
  }
}
