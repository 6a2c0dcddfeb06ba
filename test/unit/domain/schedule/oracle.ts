/**
 * What a cron ought to do, said as naively as can be: each second or minute of a window is shown to Intl and compared with
 * plain lists of values. It shares no code with lib/domain/schedule, not even the parser.
 */

/** A cron as lists of values; undefined stands for `*` in the two day fields. */
export type PlainCron = {
  seconds: number[];
  minutes: number[];
  hours: number[];
  days?: number[] | undefined;
  months: number[];
  weekdays?: number[] | undefined;
  followsClock: boolean;
};

type WallTime = {
  wallMs: number;
  second: number;
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
};

export type Window = {
  timeZone: string;
  stepMs: number;
  /** Occurrences are asked for within these; the samples reach further on both sides. */
  fromMs: number;
  toMs: number;
  instantsMs: number[];
  /** The wall times that the clock shows at each of `instantsMs`. */
  shown: WallTime[];
  /** Each wall time from the first shown to the last, whether it exists or not, and when it runs if it runs once. */
  written: { wall: WallTime; runsOnceAtMs: number }[];
};

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The wall time at an instant, read as UTC. */
export function wallTimeAt(timeZone: string, instantMs: number): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    // Swedish dates have the form of ISO 8601.
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    clocks.set(timeZone, clock);
  }
  return Date.parse(`${clock.format(instantMs)}Z`);
}

function split(wallMs: number): WallTime {
  const date = new Date(wallMs);
  return {
    wallMs,
    second: date.getUTCSeconds(),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

/** A window of `reachMs` to both sides of an instant, with `marginMs` more where nothing is asked. */
export function openWindow(
  timeZone: string,
  aroundMs: number,
  { stepMs, reachMs, marginMs }: { stepMs: number; reachMs: number; marginMs: number },
): Window {
  const instantsMs: number[] = [];
  for (let at = aroundMs - reachMs - marginMs; at <= aroundMs + reachMs + marginMs; at += stepMs) {
    instantsMs.push(at);
  }
  const shown = instantsMs.map((at) => split(wallTimeAt(timeZone, at)));
  const walls = shown.map((wall) => wall.wallMs);
  const firstShownAt = new Map<number, number>();
  for (const [index, wall] of walls.entries()) {
    if (!firstShownAt.has(wall)) firstShownAt.set(wall, instantsMs[index]!);
  }
  const gapEnds = walls.flatMap((wall, index) =>
    index > 0 && wall > walls[index - 1]! + stepMs ? [index] : [],
  );
  const written: Window['written'] = [];
  const lastWall = Math.max(...walls);
  for (let wall = Math.min(...walls); wall <= lastWall; wall += stepMs) {
    const gapEnd = gapEnds.find((index) => walls[index - 1]! < wall && wall < walls[index]!);
    const runsOnceAtMs = firstShownAt.get(wall) ?? instantsMs[gapEnd!]!;
    written.push({ wall: split(wall), runsOnceAtMs });
  }
  return {
    timeZone,
    stepMs,
    fromMs: aroundMs - reachMs,
    toMs: aroundMs + reachMs,
    instantsMs,
    shown,
    written,
  };
}

export function matches(cron: PlainCron, wallMs: number): boolean {
  return matchesWall(cron, split(wallMs));
}

function matchesWall(cron: PlainCron, wall: WallTime): boolean {
  const byDay = cron.days?.includes(wall.day);
  const byWeekday = cron.weekdays?.includes(wall.weekday);
  return (
    cron.seconds.includes(wall.second) &&
    cron.minutes.includes(wall.minute) &&
    cron.hours.includes(wall.hour) &&
    cron.months.includes(wall.month) &&
    (byDay === undefined || byWeekday === undefined ? (byDay ?? byWeekday ?? true) : byDay || byWeekday)
  );
}

/** All occurrences in the window, computed directly from the rules of the design. */
export function occurrencesIn(window: Window, cron: PlainCron): number[] {
  const due = cron.followsClock
    ? window.instantsMs.filter((_, index) => matchesWall(cron, window.shown[index]!))
    : window.written.filter(({ wall }) => matchesWall(cron, wall)).map(({ runsOnceAtMs }) => runsOnceAtMs);
  return [...new Set(due)].filter((at) => at >= window.fromMs && at <= window.toMs).sort((a, b) => a - b);
}
