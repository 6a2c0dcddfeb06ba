import { instantOf, localMs } from '../../../time/clock-changes.ts';
import type { Segment } from './scale.ts';

export type Tick = { atMs: number; label: string; isDay: boolean };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 5, 15, 30].map((count) => count * SECOND),
  ...[1, 5, 15, 30].map((count) => count * MINUTE),
  ...[1, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14].map((count) => count * DAY),
];
const MONTH_STEPS = [1, 3, 6, 12, 60, 120];
const MONTH = 30.44 * DAY;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number): string => String(value).padStart(2, '0');

function labelOf(local: number, stepMs: number): { label: string; isDay: boolean } {
  const date = new Date(local);
  const isDay = local % DAY === 0;
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  if (stepMs >= MONTH) return { label: `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`, isDay };
  if (isDay || stepMs >= DAY) return { label: day, isDay };
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  return { label: stepMs < MINUTE ? `${clock}:${two(date.getUTCSeconds())}` : clock, isDay };
}

const leastStep = ({ fromMs, untilMs, left, right }: Segment, apart: number): number =>
  ((untilMs - fromMs) * apart) / (right - left);

/** The text of an instant at an end of a ruler: as exact as the marks of the ruler, and with its day where that is not today. */
export function nameEnd(
  atMs: number,
  segment: Segment,
  { zone, apart, nowMs }: { zone: string; apart: number; nowMs: number },
): string {
  const least = leastStep(segment, apart);
  const stepMs = STEPS.find((step) => step >= least) ?? MONTH;
  const local = localMs(atMs, zone);
  const { label, isDay } = labelOf(local, stepMs);
  const isToday = Math.floor(local / DAY) === Math.floor(localMs(nowMs, zone) / DAY);
  return stepMs >= DAY || isDay || isToday ? label : `${labelOf(local, DAY).label} ${label}`;
}

/**
 * The marks of a ruler: round times of the zone's own clock, at least `apart` pixels from each other. Over a change of the
 * clock they keep to its local times, so that the distance of two marks shows the hour that is missing or comes twice.
 */
export function makeTicks(segment: Segment, zone: string, apart: number): Tick[] {
  const { fromMs, untilMs } = segment;
  const leastMs = leastStep(segment, apart);
  const firstLocal = localMs(fromMs, zone);
  const lastLocal = localMs(untilMs, zone);
  const stepMs = STEPS.find((step) => step >= leastMs);
  const locals =
    stepMs === undefined
      ? monthsBetween(firstLocal, lastLocal, MONTH_STEPS.find((count) => count * MONTH >= leastMs) ?? 1_200)
      : stepsBetween(firstLocal, lastLocal, stepMs);
  return locals
    .map((local) => ({ atMs: instantOf(local, zone), ...labelOf(local, stepMs ?? MONTH) }))
    .filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
}

function stepsBetween(first: number, last: number, step: number): number[] {
  const begin = Math.ceil(first / step) * step;
  return Array.from(
    { length: Math.max(0, Math.floor((last - begin) / step) + 1) },
    (_, i) => begin + i * step,
  );
}

function monthsBetween(first: number, last: number, step: number): number[] {
  const date = new Date(first);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const begin = Math.ceil(month / step) * step;
  const count = Math.max(0, Math.ceil((last - first) / (step * MONTH)) + 1);
  return Array.from({ length: count }, (_, i) => {
    const at = begin + i * step;
    return Date.UTC(Math.floor(at / 12), at % 12, 1);
  });
}
