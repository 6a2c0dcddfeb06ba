/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date in one of the three forms of HTTP.
 *
 * @param values the values of the header, if it was sent several times. The longest wait is used.
 * @param sentMs the time of the response by its own `Date` header, or now. A date is relative to it, so that the
 * difference between two clocks does not matter.
 * @returns the wait in milliseconds, or undefined if there is none: no header, no valid value, 0 s, or a date in the past.
 */
export function parseRetryAfter(values: readonly string[], sentMs: number): number | undefined {
  const waits = values.map((value) => parseOne(value.trim(), sentMs)).filter((wait) => wait > 0);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** Longer values count as this one, because no wait lasts this long. It is the largest number of seconds that a recipient must support. */
const MAX_SECONDS = 2_147_483_648;
/** No valid value is longer. */
const MAX_LENGTH = 40;

function parseOne(value: string, sentMs: number): number {
  if (value.length > MAX_LENGTH) return 0;
  if (/^\d+$/.test(value)) return Math.min(Number(value), MAX_SECONDS) * 1_000;
  const dateMs = parseHttpDate(value, sentMs);
  return dateMs === undefined ? 0 : dateMs - sentMs;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';

/** The forms of RFC 9110, 5.6.7: IMF-fixdate, RFC 850 (obsolete, two digits of the year), and asctime (obsolete). */
const FORMS = [
  new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^${DAY} ${MONTH} (?<day>[\\d ]\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * Reads a date in a form of HTTP. Returns milliseconds since the epoch, or undefined if it is not a valid date.
 *
 * @param nowMs a year of two digits is at most 50 years after it.
 */
export function parseHttpDate(value: string, nowMs: number): number | undefined {
  for (const form of FORMS) {
    const parts = form.exec(value)?.groups;
    if (parts === undefined) continue;
    const { year = '', month = '', day = '', hour, minute, second } = parts;
    const [h, m, s] = [Number(hour), Number(minute), Number(second)];
    // Second 60 is a leap second. It counts as the second after it.
    if (h > 23 || m > 59 || s > 60) return undefined;
    const date = new Date(0);
    date.setUTCFullYear(fullYear(year, nowMs), MONTHS.indexOf(month), Number(day));
    // A day that the month does not have has moved to the next month.
    if (date.getUTCDate() !== Number(day)) return undefined;
    return date.setUTCHours(h, m, s);
  }
  return undefined;
}

function fullYear(digits: string, nowMs: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = Math.floor(thisYear / 100) * 100 + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
