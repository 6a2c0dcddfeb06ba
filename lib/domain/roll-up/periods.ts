import { DAY_MS } from '../day.ts';

/** The periods that outcomes and queue depths are counted by, in seconds. They begin at multiples of their length in UTC. */
export const periodsSeconds = [60, 300, 3_600, 86_400] as const;
export type PeriodSeconds = (typeof periodsSeconds)[number];

/** How many days each period is kept. The longer ones take the place of the shorter ones. */
export const keptDays: Record<PeriodSeconds, number> = { 60: 14, 300: 31, 3_600: 400, 86_400: 400 };

/**
 * Returns the instant from which the periods are kept: a day more than the promise, because a range is widened to whole steps. A range
 * that begins earlier is refused, so that a deleted period is never shown as one without outcomes.
 */
export const keptFromMs = (seconds: PeriodSeconds, nowMs: number): number =>
  nowMs - (keptDays[seconds] + 1) * DAY_MS;

/** Returns the start of the period that contains the instant. */
export const startOfPeriod = (instantMs: number, seconds: number): number =>
  Math.floor(instantMs / (seconds * 1_000)) * seconds * 1_000;
