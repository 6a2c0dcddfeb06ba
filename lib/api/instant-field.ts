import * as z from 'zod';
import { parseInstant } from '../domain/schedule/parse-instant.ts';

const INSTANT_REMEDY =
  'must be an ISO 8601 instant with seconds and Z or an offset, such as 2031-05-01T12:00:00Z';
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
