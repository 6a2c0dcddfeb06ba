const MINUTE_MS = 60_000;

type Posted = Record<string, unknown>;

/** Jobs that run every few seconds, so that their history fills while the script waits. One of them fails. */
const busyJobs = (echo: string): Posted[] => [
  {
    name: 'Sync orders',
    key: 'shop/orders/sync',
    group: 'shop',
    schedule: '@every 10s',
    api: echo,
    tags: ['erp'],
  },
  {
    name: 'Update stock',
    key: 'shop/stock',
    group: 'shop',
    schedule: '*/10 * * * * *',
    api: `${echo}?delayMs=40`,
  },
  {
    name: 'Abandoned carts',
    key: 'shop/carts',
    group: 'shop',
    schedule: '*/10 * * * *',
    timeZone: 'Europe/Berlin',
    api: echo,
  },
  {
    name: 'Import exchange rates',
    key: 'shop/rates',
    group: 'shop',
    schedule: '@every 15s',
    api: `${echo}?failTimes=1`,
    tags: ['partner'],
  },
  {
    name: 'Charge subscriptions',
    key: 'billing/charge',
    group: 'billing',
    schedule: '@every 20s',
    api: `${echo}?status=503`,
    maxRetryCount: 0,
    tags: ['finance'],
  },
];

/** Jobs of every kind of schedule, in zones of their own. */
const officeJobs = (echo: string, nowMs: number): Posted[] => [
  {
    name: 'Send invoices',
    key: 'billing/invoices',
    group: 'billing',
    schedule: '0 6 * * *',
    timeZone: 'America/New_York',
    api: echo,
    tags: ['finance'],
  },
  {
    name: 'Dunning letters',
    key: 'billing/dunning',
    group: 'billing',
    schedule: '30 7 * * 1-5',
    timeZone: 'Europe/Berlin',
    api: echo,
    tags: ['finance'],
  },
  {
    name: 'Nightly report',
    key: 'reports/nightly',
    group: 'reports',
    schedule: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    api: echo,
  },
  {
    name: 'Weekly digest',
    key: 'reports/weekly',
    group: 'reports',
    schedule: '0 8 * * 1',
    timeZone: 'Australia/Lord_Howe',
    api: echo,
  },
  { name: 'Rotate logs', key: 'ops/logs', group: 'ops', schedule: '0 0 * * *', api: echo },
  {
    name: 'Back up the database',
    key: 'ops/backup',
    group: 'ops',
    schedule: '0 0 * * *',
    api: echo,
    type: 'AT_MOST_ONCE',
  },
  {
    name: 'Announce the sale',
    key: 'shop/sale',
    group: 'shop',
    schedule: new Date(nowMs + 30 * MINUTE_MS).toISOString(),
    api: echo,
    type: 'AT_MOST_ONCE',
  },
];

const many = (count: number, make: (place: number) => Posted): Posted[] =>
  Array.from({ length: count }, (_, place) => make(place));

/** Jobs that come in numbers: prices that follow the opening hours, and feeds that all begin at midnight. */
const manyJobs = (echo: string): Posted[] => [
  ...many(36, (place) => ({
    name: `Price category ${place + 1}`,
    key: `prices/${place + 1}`,
    group: 'prices',
    schedule: `${place % 4}/4 ${place < 24 ? '8-18' : '11-14'} * * 1-${place < 30 ? 5 : 6}`,
    timeZone: 'Europe/Berlin',
    api: echo,
  })),
  ...many(240, (place) => ({
    name: `Import feed ${place + 1}`,
    key: `feeds/${place + 1}`,
    group: 'feeds',
    tags: ['import'],
    schedule: place < 210 ? '0 0 * * *' : `${place % 60} ${place % 5} * * *`,
    api: echo,
  })),
];

/** The jobs of a shop. */
export const makeShopJobs = (echo: string, nowMs: number): Posted[] => [
  ...busyJobs(echo),
  ...officeJobs(echo, nowMs),
  ...manyJobs(echo),
];
