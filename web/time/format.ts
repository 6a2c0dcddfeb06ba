const formats = new Map<string, Intl.DateTimeFormat>();

/** The formatter of a zone. It is kept, since making one takes as long as a hundred uses. */
function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(name) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  formats.set(name, known);
  return known;
}

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;

/** Such as `29 Nov 2026, 03:00:00 CET`. */
export const formatInstant = (at: Date, zone: string): string =>
  formatOf(zone, { day: 'numeric', month: 'short', year: 'numeric', ...CLOCK, timeZoneName: 'short' }).format(
    at,
  );

const yearOf = (at: Date, zone: string): string => formatOf(zone, { year: 'numeric' }).format(at);

/** Such as `29 Nov, 03:00:00`, and with the year where it is another one by the clock of the zone. */
export function formatShort(at: Date, zone: string, now: Date): string {
  const year = yearOf(at, zone) === yearOf(now, zone) ? {} : ({ year: 'numeric' } as const);
  return formatOf(zone, { day: 'numeric', month: 'short', ...year, ...CLOCK }).format(at);
}

/** Such as `03:00:17`. */
export const formatSecond = (at: Date, zone: string): string => formatOf(zone, CLOCK).format(at);

/** Such as `03:00:00.004`. */
export const formatClock = (at: Date, zone: string): string =>
  formatOf(zone, { ...CLOCK, fractionalSecondDigits: 3 }).format(at);

/** The name of a zone at an instant, such as `CET` or `GMT+11`. */
export const zoneName = (at: Date, zone: string): string =>
  formatOf(zone, { timeZoneName: 'short' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value ?? zone;

/** Such as `03:00`. */
export const formatMinute = (at: number | Date, zone: string): string =>
  formatOf(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/** Such as `Sun 29 Nov`. */
export const formatDay = (at: number | Date, zone: string): string =>
  formatOf(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(at).replace(',', '');

/** A number of things, such as `12,431`. */
export const formatCount = (count: number): string => count.toLocaleString('en-GB');

/** A number of things, with its unit in the right form: `1 run`, `12,431 runs`. */
export const countOf = (count: number, one: string, several = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : several}`;
