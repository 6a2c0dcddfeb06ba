/** A day of a month by its weekday, and the wall time of the change; `week` 5 is the last, weekday 0 Sunday. */
export type ChangeDay = { month: number; week: number; weekday: number; timeMs: number };

/** The offset that a clock changes to, and when. */
export type OffsetChange = { atMs: number; offsetMs: number };

export type ZoneHistory = {
  firstOffsetMs: number;
  /** Ascending. */
  changes: OffsetChange[];
  /** What goes on for ever after the last change; undefined where nothing changes any more. */
  rule: { standardMs: number; daylightMs: number; from: ChangeDay; to: ChangeDay } | undefined;
};

const SECOND_MS = 1_000;
const STEP_MS = 900 * SECOND_MS;
const changeForm = /([A-Z])(-?[0-9a-z]+)(?:\.([0-9a-z]+))?/g;

/**
 * Reads `offsets|changes|rule` of a zone, as scripts/zones/pack-zones.ts writes it. Offsets are seconds, the first that before
 * any change. A change is the letter of its offset and the time since the change before, or since 1970: quarters of an hour,
 * then seconds, to the base of 36. A rule is the standard and the daylight offset, and for the start and the end of daylight
 * saving time month, week, weekday and seconds.
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
