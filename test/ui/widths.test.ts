import { beforeAll, expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { WITHIN_A_TICK } from './support/tick.ts';

const open = useBrowser();

/** What is wrong with the tables of a page: a header that does not fit its column, a name that has no room, a page that is too wide. */
const FAULTS = `[
  ...[...document.querySelectorAll('thead th')]
    .filter((cell) => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1)
    .map((cell) => 'the header ' + cell.textContent + ' does not fit'),
  ...[...document.querySelectorAll('tbody tr:not([aria-hidden]) > th[scope="row"]')]
    .filter((cell) => cell.querySelector('a') !== null && cell.clientWidth < 90)
    .map((cell) => cell.textContent + ' has ' + cell.clientWidth + ' pixels'),
  ...(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['the page is too wide'] : []),
]`;

beforeAll(async () => {
  await until(async () => (await call('GET', '/api/v1/failures?limit=1')).items.length > 0, WITHIN_A_TICK);
});

test('at the width of a phone, a tablet and a laptop, the columns of lists fit, and their names have room', async () => {
  const job = await call('POST', '/api/v1/jobs', {
    name: 'As wide as it is',
    schedule: '30 2 * * *',
    api: `${belfry().address}/_local/echo?status=503`,
    maxRetryCount: 0,
  });
  await call('POST', `/api/v1/jobs/${job.id}/run`);
  const paths = ['/jobs', '/executions', '/failures?within=30d', '/activity', '/keys', `/jobs/${job.id}`];
  const { page, go, close } = await open({ at: null });
  for (const path of paths) {
    await go(path);
    await page.locator('tbody tr:not([aria-hidden]) > th').first().waitFor();
    for (const width of [320, 600, 768, 900, 1_024, 1_280, 1_440]) {
      await page.setViewportSize({ width, height: 900 });
      expect([path, width, ...(await page.evaluate<string[]>(FAULTS))]).toEqual([path, width]);
    }
  }
  await close();
});
