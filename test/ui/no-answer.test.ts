import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { call, type Dashboard, useBrowser } from './support/dashboard.ts';

/** The proxy accepts connections, reads requests, and answers nothing. */
let proxy: TcpProxy;
let address: string;
beforeAll(async () => {
  const { port } = new URL(belfry().address);
  proxy = await openTcpProxy({ to: () => Number(port) });
  address = `http://127.0.0.1:${proxy.port}`;
});
afterAll(() => proxy.close());

const openBrowser = useBrowser();
const open = () => openBrowser({ address });

/** Sets after how many seconds the page gives up a request, as another tab would. */
const giveUpAfter = (page: Page, answerSeconds: number): Promise<void> =>
  page.evaluate(`
    localStorage.setItem('belfry-preferences', '${JSON.stringify({ answerSeconds })}');
    window.dispatchEvent(new StorageEvent('storage', { key: 'belfry-preferences' }));
  `);

/** Makes the server silent and the page give up soon. Before this call, the page waits longer, for a busy machine. */
async function silence(page: Page): Promise<void> {
  await giveUpAfter(page, 3);
  proxy.silence();
}

async function restore(page: Page): Promise<void> {
  await proxy.restore();
  await giveUpAfter(page, 30);
}

/** Closes the page. Chromium reports the silent connections, which the proxy breaks, on the console. */
async function close({ page, problems }: Dashboard): Promise<void> {
  await page.context().close();
  expect(problems.filter((problem) => !problem.includes('net::ERR_EMPTY_RESPONSE'))).toEqual([]);
}

test('a list whose server never answers ends in a banner, and its filter stays usable', async () => {
  const dashboard = await open();
  const { page, go, expectAccessible } = dashboard;
  await go('/jobs');
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  await silence(page);
  const box = page.getByRole('combobox', { name: 'Filter jobs' });
  await box.fill('group:orders');
  await box.press('Enter');
  const banner = page.getByRole('alert').filter({ hasText: 'The jobs could not be read' });
  await banner.getByText('The server did not answer within 3 s.').waitFor();
  await banner.getByText('Narrow the filter, which still works, or try again.').waitFor();
  expect(await page.getByRole('link', { name: 'Nightly report' }).count()).toBe(1);
  // The page tries again by itself.
  await page.waitForRequest((request) => request.url().includes('/api/v1/jobs?group=orders'));
  expect(await banner.count()).toBe(1);
  await expectAccessible();
  await restore(page);
  await page.getByRole('button', { name: 'Remove group: orders' }).click();
  await box.fill('group:billing');
  await box.press('Enter');
  await page.getByText('1 job on this page').waitFor();
  expect(await banner.count()).toBe(0);
  await close(dashboard);
});

test('the banner of a server that never answers offers another try, which brings the rows', async () => {
  const dashboard = await open();
  const { page, go } = dashboard;
  await go('/overview');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await silence(page);
  await page.getByRole('navigation').getByRole('link', { name: 'Failures' }).click();
  const banner = page.getByRole('alert').filter({ hasText: 'The server did not answer within 3 s.' });
  await banner.first().waitFor();
  await restore(page);
  await banner.first().getByRole('button', { name: 'Try again' }).click();
  await banner.first().waitFor({ state: 'detached' });
  await close(dashboard);
});

test('an action that the server never answers says that it may have been done', async () => {
  const { id } = await call('POST', '/api/v1/jobs', {
    name: 'Paused without an answer',
    schedule: '@yearly',
    api: 'http://127.0.0.1:9/',
  });
  const dashboard = await open();
  const { page, go } = dashboard;
  await go(`/jobs/${id}`);
  const pause = page.getByRole('button', { name: 'Pause', exact: true });
  await pause.waitFor();
  await silence(page);
  await pause.click();
  await page.getByRole('alert').getByText('The change may have been made even so').waitFor();
  await restore(page);
  await close(dashboard);
});

test('a sign-in at a server that never answers ends, and the next try works', async () => {
  const dashboard = await open();
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.evaluate('sessionStorage.clear()');
  await page.reload();
  const key = page.getByLabel('API key');
  await key.waitFor();
  await silence(page);
  await key.fill(belfry().apiKey);
  await key.press('Enter');
  await page.getByText('The server did not answer within 3 s.').waitFor();
  await restore(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await close(dashboard);
});
