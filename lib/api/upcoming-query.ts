import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import { DAY_MS } from '../domain/day.ts';
import { instantField, toDate } from './instant-field.ts';
import { cursorPage, onlyOne, ONE_REMEDY, page } from './query.ts';

/** The range of the list of all jobs, at most and by default. */
const MAX_AHEAD_MS = 31 * DAY_MS;
const DEFAULT_AHEAD_MS = 3_600_000;
/** The maximum range of the list of one job. */
const MAX_JOB_AHEAD_MS = 3_660 * DAY_MS;

export const upcomingQuerySchema = z.strictObject({
  ...cursorPage,
  until: instantField(
    'Lists only executions up to this instant, which is at most 31 days ahead. The default is an hour ahead.',
  ).exactOptional(),
});

export const jobUpcomingQuerySchema = z
  .strictObject({
    ...page,
    until: instantField(
      'Lists only executions up to this instant, which is at most 3,660 days ahead. The default is 366 days ahead, and at least the next execution.',
    ).exactOptional(),
  })
  .refine(onlyOne, ONE_REMEDY);

type Asked = { until: string | undefined; cursor: string | undefined };

/**
 * Returns the last instant of the list of all jobs.
 *
 * @throws ValidationError when it has passed, or is too far ahead.
 */
export function toUntil(asked: Asked, nowMs: number): Date {
  return (
    checkUntil(asked, nowMs, {
      aheadMs: MAX_AHEAD_MS,
      tooFar: 'is more than 31 days ahead; use an earlier instant, or list the jobs one by one',
    }) ?? new Date(nowMs + DEFAULT_AHEAD_MS)
  );
}

/**
 * Returns the last instant of the list of one job, if the request gives it.
 *
 * @throws ValidationError when it has passed, or is too far ahead.
 */
export const toJobUntil = (asked: Asked, nowMs: number): Date | undefined =>
  checkUntil(asked, nowMs, {
    aheadMs: MAX_JOB_AHEAD_MS,
    tooFar: 'is more than 3,660 days ahead; use an earlier instant',
  });

function checkUntil(
  { until: text, cursor }: Asked,
  nowMs: number,
  { aheadMs, tooFar }: { aheadMs: number; tooFar: string },
): Date | undefined {
  const until = toDate(text);
  if (until === undefined) return undefined;
  // The instant may pass while a client reads page after page.
  if (until.getTime() < nowMs && cursor === undefined) throw refusal(PASSED);
  if (until.getTime() > nowMs + aheadMs) throw refusal(tooFar);
  return until;
}

const PASSED =
  'is in the past; send an instant in the future. GET /api/v1/executions lists executions that have begun';

const refusal = (message: string): ValidationError => new ValidationError([{ field: 'until', message }]);
