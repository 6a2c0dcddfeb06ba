const UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

const YEAR_MS = 365.2425 * 86_400_000;

const unitOf = (ms: number): (typeof UNITS)[number] => UNITS.find((each) => ms >= each.ms) ?? UNITS[3];

/** A span in its largest unit, such as `4 s`, `12 min` or `3 d`, and from two years on `2 y`. Negative spans count as none. */
export function formatSpan(ms: number): string {
  const rest = Math.max(0, ms);
  if (rest >= 2 * YEAR_MS) return `${Math.floor(rest / YEAR_MS)} y`;
  const unit = unitOf(rest);
  return `${Math.floor(rest / unit.ms)} ${unit.name}`;
}

const NOW_MS = 1_000;

/** The nearest whole number of the largest unit: 6 d and 23 h are 7 d. */
function roundToUnit(ms: number): number {
  const unit = unitOf(ms);
  return Math.round(ms / unit.ms) * unit.ms;
}

/** About how far an instant lies from now, such as `in 4 s` or `12 min ago`. */
export function formatDistance(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  if (Math.abs(ms) < NOW_MS) return 'now';
  const span = formatSpan(roundToUnit(Math.abs(ms)));
  return ms > 0 ? `in ${span}` : `${span} ago`;
}

const withRest = (whole: string, rest: number, unit: string): string =>
  rest === 0 ? whole : `${whole} ${rest} ${unit}`;

/** A measured duration, such as `4 ms`, `1.24 s` or `2 min 4 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return '< 1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(2))} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return withRest(`${minutes} min`, seconds % 60, 's');
  return withRest(`${Math.floor(minutes / 60)} h`, minutes % 60, 'min');
}
