import * as fc from 'fast-check';

/** The target that jobs of the fuzzer may call at any time: an echo on this machine. */
export type Home = { port: number };

const homes = ({ port }: Home): string[] => [
  `http://127.0.0.1:${port}/_local/echo`,
  `http://localhost:${port}/_local/echo`,
];

/** Schedules that are at least a year away, except shortly before a 29th of February. */
const farSchedules = [
  '2061-05-01T12:00:00Z',
  '2061-05-01T12:00:00.123456789+02:00',
  '2061-02-28t23:59z',
  '0 0 29 2 *',
  '0 30 9 29 FEB *',
  '30 1 29 2 ?',
  '@every 366d',
  '@every 365d23h59m59s',
  'at(2061-05-01T12:00:00)',
  'cron(0 12 29 FEB ? 2060-2064)',
  'rate(366 days)',
  '0 0 29-29\t2 *',
] as const;

const soonSchedules = [
  '* * * * *',
  '*/5 * * * *',
  '@hourly',
  '@every 60s',
  '0 */2 * * * *',
  'rate(1 minute)',
  'cron(* * ? * 2-1 *)',
  '*\t22-21 L,LW,L-30,1W,1-31 * *',
] as const;

/** Schedules that other programs accept and Belfry does not. */
const brokenSchedules = [
  '61 * * * *',
  '0 0 12 ? * 2-6',
  'CRON_TZ=UTC 0 9 * * *',
  'H * * * *',
  'PT5M',
  'every 5 minutes',
  '@reboot',
  'rate(5 minute)',
  'cron(0 12 * * * *)',
  '0 0 12 1 1 ? 2030',
] as const;

const foreignUrls = [
  'https://example.com',
  'https://example.com/hook?order=1&order=2',
  'http://xn--bcher-kva.example:8080/a%20b',
  'https://93.184.216.34/',
  'https://[2606:4700::1111]/path',
  'HTTPS://EXAMPLE.COM/UPPER',
] as const;

const zones = [
  'UTC',
  'Europe/Berlin',
  'america/new_york',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Etc/GMT+12',
];

/** Part of each credential: only the target's request may contain it. */
export const CANARY = 'canary-4f1d';

const headerNames = ['X-Tag', 'accept', 'x-trace-id', 'Content-Type', 'constructor', "x-!#$%&'*+-.^_`|~"];
/** Headers whose values are credentials. */
export const secretNames = ['Authorization', 'cookie', 'X-Api-Key', 'x-session-token'];

const clearHeader = fc.tuple(
  fc.constantFrom(...headerNames),
  fc.oneof(
    fc.constantFrom('', 'a', 'text/plain; charset=utf-8', '\u00e9\u00ff', 'x'.repeat(3_000)),
    fc.stringMatching(/^[!-~]{1,20}$/),
  ),
);
const secretHeader = fc.tuple(
  fc.constantFrom(...secretNames),
  fc.stringMatching(/^[0-9a-f]{8}$/).map((text) => `Bearer ${CANARY}-${text}`),
);

const headers = fc
  .uniqueArray(fc.oneof({ weight: 3, arbitrary: clearHeader }, secretHeader), {
    maxLength: 5,
    selector: ([name]) => name.toLowerCase(),
  })
  .map((entries) => Object.fromEntries(entries));

// The expiry of a key must be within ten years.
const nextYear = new Date().getUTCFullYear() + 1;

/**
 * Values that Belfry must accept, by the name of the property. A schema says little about strings: without these values Belfry
 * would refuse nearly every job because of its schedule.
 */
export function knownGood(home: Home): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  return {
    schedule: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...farSchedules) },
      { weight: 1, arbitrary: fc.constantFrom(...soonSchedules) },
      { weight: 1, arbitrary: fc.constantFrom(...brokenSchedules) },
    ),
    api: fc.oneof(fc.constantFrom(...homes(home)), fc.constantFrom(...foreignUrls)),
    onFailure: fc.constantFrom(null, ...homes(home)),
    onRecovery: fc.constantFrom(null, ...homes(home)),
    timeZone: fc.constantFrom(...zones),
    headers,
    secretHeaders: fc.constantFrom([], ['x-tag'], ['ACCEPT']),
    // Policies from the schema alone often wait for more than 7 days in total.
    retry: fc.constantFrom(
      null,
      {},
      { initialMs: 100, factor: 1, maxMs: 100, jitter: 1 },
      { factor: 10, jitter: 0.5 },
      { delaysSeconds: [0, 5, 86_400] },
      { delaysSeconds: Array.from({ length: 100 }, () => 6_048), jitter: 0.1 },
    ),
    expiresAt: fc.constantFrom(`${nextYear}-05-01T12:00:00Z`, `${nextYear}-12-31t23:59:59.9+14:00`),
  };
}

const good = {
  schedule: new Set<unknown>([...farSchedules, ...soonSchedules]),
  timeZone: new Set<unknown>(zones),
};

export const isGoodSchedule = (value: unknown): boolean => good.schedule.has(value);
export const isGoodZone = (value: unknown): boolean => good.timeZone.has(value);
export const isGoodUrl = (home: Home, value: unknown): boolean =>
  [...homes(home), ...foreignUrls].some((url) => url === value);
