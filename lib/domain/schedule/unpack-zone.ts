/**
 * The day and wall time of a change. The day is a weekday of a month: `week` 5 is the last one, and weekday 0 is
 * Sunday.
 */
export type ChangeDay = { month: number; week: number; weekday: number; timeMs: number };

/** The instant of a change, and the new offset. */
export type OffsetChange = { atMs: number; offsetMs: number };

export type ZoneHistory = {
  firstOffsetMs: number;
  /** In ascending order. */
  changes: OffsetChange[];
  /** The rule for changes after the last one. Undefined if there are none. */
  rule: { standardMs: number; daylightMs: number; from: ChangeDay; to: ChangeDay } | undefined;
};

const SECOND_MS = 1_000;
const STEP_MS = 900 * SECOND_MS;
const changeForm = /([A-Z])(-?[0-9a-z]+)(?:\.([0-9a-z]+))?/g;

/**
 * Parses `offsets|changes|rule` of a zone, as scripts/zones/pack-zones.ts writes it.
 *
 * - Offsets are in seconds. The first is the offset before any change.
 * - A change is the letter of its offset, and the time since the previous change, or since 1970 for the first: quarters
 *   of
 *   an hour and then seconds, in base 36.
 * - A rule is the standard offset and the daylight offset, and then month, week, weekday and seconds for the start and
 *   for
 *   the end of daylight saving time.
 */
export function unpackZone(packed: string): ZoneHistory {
  const [offsets = '', changes = '', rule = ''] = packed.split('|');
  const offsetsMs = offsets.split(',').map((seconds) => Number(seconds) * SECOND_MS);
  let atMs = 0;
  const unpacked: OffsetChange[] = [];
  for (const [, letter = 'A', steps = '0', seconds = '0'] of changes.matchAll(changeForm)) {
    atMs += Number.parseInt(steps, 36) * STEP_MS + Number.parseInt(seconds, 36) * SECOND_MS;
    unpacked.push({ atMs, offsetMs: offsetsMs[letter.charCodeAt(0) - 65] ?? NaN });
  }
  return { firstOffsetMs: offsetsMs[0] ?? NaN, changes: unpacked, rule: unpackRule(rule) };
}

function unpackRule(rule: string): ZoneHistory['rule'] {
  if (rule === '') return undefined;
  const numbers = rule.split(',').map(Number);
  const [standard = NaN, daylight = NaN] = numbers;
  return {
    standardMs: standard * SECOND_MS,
    daylightMs: daylight * SECOND_MS,
    from: changeDay(numbers.slice(2, 6)),
    to: changeDay(numbers.slice(6)),
  };
}

function changeDay([month = NaN, week = NaN, weekday = NaN, seconds = NaN]: number[]): ChangeDay {
  return { month, week, weekday, timeMs: seconds * SECOND_MS };
}
