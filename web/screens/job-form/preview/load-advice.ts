import { DAY_MS, MINUTE_MS } from '../../../time/units.ts';

/** An occurrence: the instant, and what the zone's clock shows then. */
export type Occurrence = { utc: string; local: string };
/** The runs of each minute from an instant on. */
export type Load = { from: string; perMinute: readonly number[] };

export type LoadAdvice = {
  at: Occurrence;
  /** Runs of other jobs in the same minute. */
  others: number;
  /** A minute of the same hour with far fewer, the nearest one. */
  quieter: { minute: number; others: number } | undefined;
};

/** Fewer other runs are not a herd. */
const MANY = 10;
/** A quieter minute has at most this share. */
const SHARE = 0.25;

/** The minute of the hour on a clock, of a local time such as `2031-05-01T14:05:00+02:00`. */
const minuteOf = (local: string): number => Number(local.slice(14, 16));

/** The hour on the zone's own clock that has an instant: not every zone is whole hours from UTC. */
function hourAround({ utc, local }: Occurrence): { fromMs: number; untilMs: number } {
  const minuteMs = Math.floor(Date.parse(utc) / MINUTE_MS) * MINUTE_MS;
  const fromMs = minuteMs - minuteOf(local) * MINUTE_MS;
  return { fromMs, untilMs: fromMs + 60 * MINUTE_MS };
}

/** The first of some occurrences, and those within a day of it. Later ones have the same minutes, with few exceptions. */
export function firstDay(times: readonly Occurrence[]): Occurrence[] {
  const endMs = Date.parse(times[0]?.utc ?? '') + DAY_MS;
  return times.filter(({ utc }) => Date.parse(utc) < endMs);
}

/** The hours around occurrences, from the first to the last. */
export function hoursAround(
  times: readonly Occurrence[],
  nowMs: number,
): { fromMs: number; untilMs: number } {
  const hours = times.map(hourAround);
  return {
    fromMs: Math.max(nowMs, ...hours.slice(0, 1).map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...hours.map(({ untilMs }) => untilMs)),
  };
}

/** The load without the runs of one job, which was counted over the same minutes. */
export const withoutJob = ({ from, perMinute }: Load, own: Load | undefined): Load => ({
  from,
  perMinute: perMinute.map((runs, minute) => Math.max(0, runs - (own?.perMinute[minute] ?? 0))),
});

/** Says which of some occurrences shares its minute with the most other runs. Undefined without an occurrence. */
export const adviseLoad = (others: Load, times: readonly Occurrence[]): LoadAdvice | undefined =>
  times.map((at) => adviseAt(others, at)).sort((one, other) => other.others - one.others)[0];

/** Says how many other runs share the minute of an occurrence, and which minute of its hour is quieter. */
function adviseAt({ from, perMinute }: Load, at: Occurrence): LoadAdvice {
  const fromMs = Date.parse(from);
  const index = Math.floor((Date.parse(at.utc) - fromMs) / MINUTE_MS);
  const others = perMinute[index] ?? 0;
  if (others < MANY) return { at, others, quieter: undefined };
  const minute = minuteOf(at.local);
  const candidates = perMinute
    .map((runs, each) => ({ minute: minute + each - index, others: runs, distance: Math.abs(each - index) }))
    .filter((each) => each.minute >= 0 && each.minute < 60 && each.others <= others * SHARE)
    // Round minutes are where the next herds gather.
    .filter((each) => each.minute % 5 !== 0)
    .sort((one, other) => one.others - other.others || one.distance - other.distance);
  const [best] = candidates;
  return { at, others, quieter: best && { minute: best.minute, others: best.others } };
}

const MACROS: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
};

/** A cron at another minute of the hour. Undefined if its minute is not a single one. */
export function withMinute(schedule: string, minute: number): string | undefined {
  const given = schedule.trim();
  const fields = (MACROS[given.toLowerCase()] ?? given).split(/\s+/);
  const index = fields.length === 6 ? 1 : 0;
  if (fields.length < 5 || fields.length > 6 || !/^\d{1,2}$/.test(fields[index] ?? '')) return undefined;
  return fields.with(index, String(minute)).join(' ');
}
