import type { ChangeDay, OffsetChange, ZoneHistory } from './unpack-zone.ts';
import { DAY_MS } from '../day.ts';

/** Computes the changes of the clock by the rule, after the last known change. Both years are inclusive, in UTC. */
export function changesByRule(
  { rule, changes }: ZoneHistory,
  fromYear: number,
  toYear: number,
): OffsetChange[] {
  if (rule === undefined) return [];
  const lastMs = changes.at(-1)?.atMs ?? -Infinity;
  const found: OffsetChange[] = [];
  for (let year = fromYear; year <= toYear; year += 1) {
    // The clock shows standard time until daylight saving time starts, and daylight saving time until it ends.
    found.push({ atMs: dayMs(year, rule.from) - rule.standardMs, offsetMs: rule.daylightMs });
    found.push({ atMs: dayMs(year, rule.to) - rule.daylightMs, offsetMs: rule.standardMs });
  }
  return found.filter(({ atMs }) => atMs > lastMs).sort((one, other) => one.atMs - other.atMs);
}

/** Returns the wall time of a change, read as UTC. */
function dayMs(year: number, { month, week, weekday, timeMs }: ChangeDay): number {
  const firstMs = Date.UTC(year, month - 1, 1);
  const daysInMonth = (Date.UTC(year, month, 1) - firstMs) / DAY_MS;
  const firstSuch = (weekday - new Date(firstMs).getUTCDay() + 7) % 7;
  let day = firstSuch + 7 * (week - 1);
  if (day >= daysInMonth) day -= 7;
  return firstMs + day * DAY_MS + timeMs;
}
