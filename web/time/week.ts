import { localMs } from './clock-changes.ts';
import { DAY_MS, MINUTE_MS } from './units.ts';

/** An hour of a clock, or the part of it that exists on the day of a change. */
export type Slot = {
  hour: number;
  /** Whether the clock shows the hour for the second time on this day. */
  isAgain: boolean;
  fromMs: number;
  untilMs: number;
};

export type Day = {
  /** Such as `2026-11-29`. */
  date: string;
  slots: readonly Slot[];
};

/** A row of the map: one hour of the clock, on each of the days. */
export type HourRow = { hour: number; isAgain: boolean; slots: readonly (Slot | undefined)[] };

/** Zones are a multiple of this from UTC, and so are their changes. */
const STEP_MS = 15 * MINUTE_MS;
/** No zone is further from UTC. */
const FURTHEST_MS = 14 * 3_600_000;

/** The date of an instant in a zone, such as `2026-11-29`. */
export const dateOf = (atMs: number, zone: string): string =>
  new Date(localMs(atMs, zone)).toISOString().slice(0, 10);

/** The date some days later. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * Days of a zone, hour by hour. A day of a change of the clock has fewer or more hours than 24.
 *
 * @param date the first day, such as `2026-11-29`.
 */
export function daysFrom(date: string, count: number, zone: string): Day[] {
  const dates = Array.from({ length: count }, (_, index) => addDays(date, index));
  const days = new Map(dates.map((each) => [each, [] as (Slot & { shiftMs: number })[]]));
  const firstMs = Date.parse(date) - FURTHEST_MS;
  const endMs = Date.parse(date) + count * DAY_MS + FURTHEST_MS;
  for (let atMs = firstMs; atMs < endMs; atMs += STEP_MS) {
    const shown = localMs(atMs, zone);
    const slots = days.get(new Date(shown).toISOString().slice(0, 10));
    if (slots === undefined) continue;
    const hour = new Date(shown).getUTCHours();
    const shiftMs = shown - atMs;
    const last = slots.at(-1);
    if (last?.hour === hour && last.shiftMs === shiftMs) last.untilMs = atMs + STEP_MS;
    else {
      const isAgain = slots.some((slot) => slot.hour === hour);
      slots.push({ hour, isAgain, fromMs: atMs, untilMs: atMs + STEP_MS, shiftMs });
    }
  }
  return [...days].map(([each, slots]) => ({
    date: each,
    slots: slots.map(({ hour, isAgain, fromMs, untilMs }) => ({ hour, isAgain, fromMs, untilMs })),
  }));
}

/** The hours of the clock as rows over all days. An hour that a day has twice is followed by a row for the second time. */
export function hourRows(days: readonly Day[]): HourRow[] {
  const rowOf = (hour: number, isAgain: boolean): HourRow => ({
    hour,
    isAgain,
    slots: days.map(({ slots }) => slots.find((slot) => slot.hour === hour && slot.isAgain === isAgain)),
  });
  return Array.from({ length: 24 }, (_, hour) => [rowOf(hour, false), rowOf(hour, true)])
    .flat()
    .filter(({ isAgain, slots }) => !isAgain || slots.some((slot) => slot !== undefined));
}

/** The minutes of a day, which are 1,440 but on the day of a change. */
export const minutesOf = ({ slots }: Day): number =>
  slots.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0) / MINUTE_MS;
