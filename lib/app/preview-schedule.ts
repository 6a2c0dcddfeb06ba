import { DAY_MS } from '../domain/day.ts';
import { type ClockNote, findClockNotes, nextTimes } from '../domain/schedule/clock-notes.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import { describeSchedule } from '../domain/schedule/words/describe-schedule.ts';

/** The last instant with a year of four digits, which dates in answers have. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export type AskedPreview = { schedule: string; timeZone: string; count: number; afterMs: number };

export type SchedulePreview = {
  kind: Schedule['kind'];
  words: string;
  nextTimesMs: number[];
  clockNotes: ClockNote[];
};

/** How far ahead changes of the clock are looked for, and how many of them are returned. */
const NOTES_WITHIN_MS = 2 * 366 * DAY_MS;
const MAX_NOTES = 4;

/**
 * Previews a schedule without a job. It reads nothing. The first time of an interval is an interval after `afterMs`, as if the
 * job were created then.
 *
 * @throws InvalidScheduleError
 */
export function previewSchedule({ schedule, timeZone, count, afterMs }: AskedPreview): SchedulePreview {
  const compiled = compileSchedule(schedule, timeZone);
  return {
    kind: compiled.kind,
    words: describeSchedule(compiled, timeZone),
    nextTimesMs: nextTimes(compiled, afterMs, count).filter((timeMs) => timeMs <= LAST_MS),
    clockNotes: findClockNotes(compiled, {
      afterMs,
      beforeMs: afterMs + NOTES_WITHIN_MS,
      limit: MAX_NOTES,
    }),
  };
}
