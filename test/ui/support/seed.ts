import type { RunningBelfry } from '../../support/local-process.ts';

type Posted = Record<string, unknown>;

/** The jobs that every test finds. Their texts contain characters that a page may show wrongly. */
function makeSeed(echo: string): Posted[] {
  const daily = { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', api: echo };
  return [
    { ...daily, name: 'Sync orders', key: 'shop/orders/sync', group: 'orders', tags: ['shop', 'erp'] },
    { ...daily, name: 'Charge subscriptions', group: 'billing', api: `${echo}?status=503`, maxRetryCount: 0 },
    { ...daily, name: 'Nightly report', key: 'reports/nightly', timeZone: 'Australia/Lord_Howe' },
    { ...daily, name: '<img src=x onerror=alert(1)></script>', description: '</title><script>' },
    { ...daily, name: '📦 תזכורת / تذكير', key: 'a/b c?d#e', tags: ['𝔘nicode'] },
    { ...daily, name: 'n'.repeat(200), tags: Array.from({ length: 20 }, (_, index) => `tag-${index}`) },
    { ...daily, name: 'Big numbers', body: { id: 1 }, api: `${echo}?big=9007199254740993` },
    { name: 'Once', schedule: '2091-05-01T12:00:00Z', api: echo, type: 'AT_MOST_ONCE' },
    ...Array.from({ length: 60 }, (_, index) => ({
      ...daily,
      name: `Import feed ${index + 1}`,
      key: `feeds/${index + 1}`,
      group: 'feeds',
      tags: ['import'],
    })),
  ];
}

/** Creates the jobs, and runs some of them. */
export async function seedJobs({ address, call }: Pick<RunningBelfry, 'address' | 'call'>): Promise<void> {
  await call('POST', '/api/v1/jobs/batch', { jobs: makeSeed(`${address}/_local/echo`) });
  for (const id of [1, 2, 4, 5, 7]) await call('POST', `/api/v1/jobs/${id}/run`);
}
