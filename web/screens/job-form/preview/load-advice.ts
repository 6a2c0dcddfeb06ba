import { MINUTE_MS } from '../../../time/units.ts';

export type LoadAdvice = {
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
export function hourAround({ utc, local }: { utc: string; local: string }, nowMs: number) {
  const minuteMs = Math.floor(Date.parse(utc) / MINUTE_MS) * MINUTE_MS;
  const fromMs = minuteMs - minuteOf(local) * MINUTE_MS;
  return { fromMs: Math.max(fromMs, nowMs), untilMs: fromMs + 60 * MINUTE_MS };
}

/**
 * Says how many other runs share the minute of an occurrence, and which minute of its hour is quieter.
 *
 * @param load the runs of each minute from an instant on.
 * @param own the runs of the job itself that the load counts in this minute.
 */
export function adviseLoad(
  load: { from: string; perMinute: readonly number[] },
  at: { utc: string; local: string },
  own: number,
): LoadAdvice {
  const fromMs = Date.parse(load.from);
  const index = Math.floor((Date.parse(at.utc) - fromMs) / MINUTE_MS);
  const others = Math.max(0, (load.perMinute[index] ?? 0) - own);
  if (others < MANY) return { others, quieter: undefined };
  const minute = minuteOf(at.local);
  const candidates = load.perMinute
    .map((runs, each) => ({ minute: minute + each - index, others: runs, distance: Math.abs(each - index) }))
    .filter((each) => each.minute >= 0 && each.minute < 60 && each.others <= others * SHARE)
    // Round minutes are where the next herds gather.
    .filter((each) => each.minute % 5 !== 0)
    .sort((one, other) => one.others - other.others || one.distance - other.distance);
  const [best] = candidates;
  return { others, quieter: best && { minute: best.minute, others: best.others } };
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
