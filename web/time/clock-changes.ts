import { DAY_MS } from './units.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function partsFormat(zone: string): Intl.DateTimeFormat {
  const known =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, known);
  return known;
}

/** The time of a zone's clock, as if it were UTC. */
export function localMs(atMs: number, zone: string): number {
  const parts = new Map(
    partsFormat(zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return (
    Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) +
    (((atMs % 1_000) + 1_000) % 1_000)
  );
}

const offsetMs = (atMs: number, zone: string): number => localMs(atMs, zone) - atMs;

/** The instant at which a zone's clock shows a local time. A time that comes twice gives one of both. */
export function instantOf(local: number, zone: string): number {
  const guess = local - offsetMs(local, zone);
  return local - offsetMs(guess, zone);
}

export type ClockChange = {
  atMs: number;
  /** How far the clock goes forward; negative if it goes back. */
  byMs: number;
};

/** No two changes of a clock are closer. It looks once in this span, or less often in a span of many years. */
const LOOK_EVERY_MS = 7 * DAY_MS;
const MAX_LOOKS = 600;

/** The changes of a zone's clock in a span, the earliest first. */
export function findClockChanges(zone: string, fromMs: number, untilMs: number): ClockChange[] {
  const step = Math.max(LOOK_EVERY_MS, (untilMs - fromMs) / MAX_LOOKS);
  const changes: ClockChange[] = [];
  let beforeMs = fromMs;
  while (beforeMs < untilMs) {
    const afterMs = Math.min(untilMs, beforeMs + step);
    const change = findChange(zone, beforeMs, afterMs);
    if (change !== undefined) changes.push(change);
    beforeMs = afterMs;
  }
  return changes;
}

/** Finds a change between two instants by halving. Clocks change at whole minutes. */
function findChange(zone: string, fromMs: number, untilMs: number): ClockChange | undefined {
  const first = offsetMs(fromMs, zone);
  const last = offsetMs(untilMs, zone);
  if (first === last) return undefined;
  let [low, high] = [Math.floor(fromMs / 60_000), Math.ceil(untilMs / 60_000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle * 60_000, zone) === first) low = middle;
    else high = middle;
  }
  return { atMs: high * 60_000, byMs: last - first };
}
