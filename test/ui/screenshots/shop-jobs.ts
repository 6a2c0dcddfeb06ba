const MINUTE_MS = 60_000;

/** The jobs of a shop: some run every few seconds, so that their history fills while the script waits; one of them fails. */
export function makeShopJobs(echo: string, nowMs: number): Record<string, unknown>[] {
  const soon = new Date(nowMs + 30 * MINUTE_MS).toISOString();
  const shop = { group: 'shop', api: echo };
  const billing = { group: 'billing', api: echo, tags: ['finance'] };
  return [
    { ...shop, name: 'Sync orders', key: 'shop/orders/sync', schedule: '@every 4s', tags: ['erp'] },
    {
      ...shop,
      name: 'Update stock',
      key: 'shop/stock',
      schedule: '*/5 * * * * *',
      api: `${echo}?delayMs=40`,
    },
    {
      ...shop,
      name: 'Abandoned carts',
      key: 'shop/carts',
      schedule: '*/10 * * * *',
      timeZone: 'Europe/Berlin',
    },
    {
      ...shop,
      name: 'Import exchange rates',
      key: 'shop/rates',
      schedule: '@every 8s',
      api: `${echo}?failTimes=1`,
      tags: ['partner'],
    },
    {
      ...billing,
      name: 'Charge subscriptions',
      key: 'billing/charge',
      schedule: '@every 6s',
      api: `${echo}?status=503`,
      maxRetryCount: 0,
    },
    {
      ...billing,
      name: 'Send invoices',
      key: 'billing/invoices',
      schedule: '0 6 * * *',
      timeZone: 'America/New_York',
    },
    {
      ...billing,
      name: 'Dunning letters',
      key: 'billing/dunning',
      schedule: '30 7 * * 1-5',
      timeZone: 'Europe/Berlin',
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
      schedule: soon,
      api: echo,
      type: 'AT_MOST_ONCE',
    },
    ...Array.from({ length: 24 }, (_, index) => ({
      name: `Import feed ${index + 1}`,
      key: `feeds/${index + 1}`,
      group: 'feeds',
      tags: ['import'],
      schedule: `${index < 16 ? 0 : index} ${index % 6} * * *`,
      api: echo,
    })),
  ];
}
