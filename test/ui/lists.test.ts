import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { WITHIN_A_TICK } from './support/tick.ts';
import { until } from '../support/waiting.ts';

const open = useBrowser();

/** What the API answers when a request has taken too long. */
const TIMED_OUT = {
  status: 503,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    type: 'about:blank',
    title: 'Service Unavailable',
    status: 503,
    detail: 'the request took too long',
    code: 'TIMED_OUT',
  }),
};

test('rows stay while the list of a new filter takes too long, and the filter stays usable', async () => {
  const { page, problems, expectAccessible, close } = await open({ at: '/jobs' });
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  const isList = (url: URL): boolean => url.pathname === '/api/v1/jobs';
  await page.route(isList, (route) => route.fulfill(TIMED_OUT));
  const box = page.getByRole('combobox', { name: 'Filter jobs' });
  await box.fill('group:orders');
  await box.press('Enter');
  const banner = page.getByRole('alert').filter({ hasText: 'The jobs could not be read' });
  await banner
    .getByText(/The rows below are old: they were read .* ago, and may belong to another filter/)
    .waitFor();
  await banner.getByText('Narrow the filter').waitFor();
  expect(await page.getByRole('link', { name: 'Nightly report' }).count()).toBe(1);
  expect(await page.getByRole('checkbox').count()).toBe(0);
  await expectAccessible();
  await page.unroute(isList);
  await page.getByRole('button', { name: 'Remove group: orders' }).click();
  await box.fill('group:billing');
  await box.press('Enter');
  await page.getByText('1 job on this page').waitFor();
  expect(await banner.count()).toBe(0);
  problems.splice(0);
  await close();
});

test('rows stay when they cannot be read again, and another try brings new ones', async () => {
  const { page, problems, close } = await open({ at: '/executions' });
  await page.getByText(/executions on this page/).waitFor();
  const isList = (url: URL): boolean => url.pathname === '/api/v1/executions';
  await page.route(isList, (route) => route.fulfill(TIMED_OUT));
  const banner = page.getByRole('alert').filter({ hasText: 'The executions could not be read' });
  await banner.getByText(/The rows below are old/).waitFor();
  expect(await page.getByRole('rowheader').count()).toBeGreaterThan(0);
  await page.unroute(isList);
  await banner.getByRole('button', { name: 'Try again' }).click();
  await banner.waitFor({ state: 'detached' });
  problems.splice(0);
  await close();
});

const bash = promisify(execFile);

/** Creates a job with characters that a shell reads, and waits for the tick that groups the failures of the seeded jobs. */
beforeAll(async () => {
  await call('POST', '/api/v1/jobs', {
    name: 'it\'s $HOME `"',
    schedule: '@yearly',
    api: 'http://127.0.0.1:9/',
  });
  await until(async () => (await call('GET', '/api/v1/failures')).items.length > 0, WITHIN_A_TICK);
}, 180_000);

test.each([
  ['/jobs?group=orders', '/api/v1/jobs?group=orders'],
  ['/jobs?text=it%27s+%24HOME+%60%22', '/api/v1/jobs?text=it%27s%20%24HOME%20%60%22'],
  ['/executions?status=FAILED', '/api/v1/executions?status=FAILED'],
  ['/failures?within=7d', '/api/v1/failures'],
  ['/activity?action=JOB_CREATED', '/api/v1/audit?action=JOB_CREATED'],
  ['/groups', '/api/v1/groups'],
  ['/groups?tab=hosts', '/api/v1/hosts'],
])(
  'the command that the list %s copies has the filter and no key, and its answer is that of %s',
  async (path, request) => {
    const { page, close } = await open({ at: path, permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(command).toContain('$BELFRY_KEY');
    expect(command).not.toContain(belfry().apiKey);
    const { stdout } = await bash('bash', ['-c', command], {
      env: { PATH: process.env['PATH'], BELFRY_KEY: belfry().apiKey },
    });
    const expected = await call('GET', `${request}${request.includes('?') ? '&' : '?'}limit=50`);
    const keysOf = ({ items }: { items: { id?: number; group?: string; host?: string }[] }) =>
      items.map(({ id, group, host }) => id ?? group ?? host);
    expect(keysOf(JSON.parse(stdout))).toEqual(keysOf(expected));
    await close();
  },
);

test('a button keeps the focus while its action runs, and when it can no longer be used', async () => {
  const { id } = await call('POST', '/api/v1/jobs', {
    name: 'Keeps the focus',
    schedule: '@daily',
    api: 'http://127.0.0.1:9/',
  });
  const { page, close } = await open({ at: `/jobs/${id}` });
  const pause = page.getByRole('button', { name: 'Pause', exact: true });
  await pause.focus();
  await page.keyboard.press('Enter');
  await page.getByText('Paused', { exact: true }).first().waitFor();
  await page.locator('button:not([aria-disabled])', { hasText: 'Resume' }).waitFor();
  expect(await page.locator(':focus').textContent()).toBe('Pause');
  await page.keyboard.press('Enter');
  expect((await call('GET', `/api/v1/jobs/${id}`)).isActive).toBe(false);
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').textContent()).toBe('Resume');
  await page.keyboard.press('Enter');
  await page.locator('button:not([aria-disabled])', { hasText: 'Pause' }).waitFor();
  expect((await call('GET', `/api/v1/jobs/${id}`)).isActive).toBe(true);
  expect(await page.locator(':focus').textContent()).toBe('Resume');
  await close();
});

test('rows of an earlier filter can be read while the next ones are on their way', async () => {
  const { page, expectAccessible, close } = await open({ at: '/jobs', answerSeconds: 600 });
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  const held = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/jobs\?.*tag=import/, async (route) => {
    await held.promise;
    await route.continue();
  });
  const box = page.getByRole('combobox', { name: 'Filter jobs' });
  await box.fill('tag:import');
  await box.press('Enter');
  await page.locator('table[aria-busy="true"]').waitFor();
  await expectAccessible();
  held.resolve();
  await page.locator('table[aria-busy="false"]').waitFor();
  expect(await page.getByRole('link', { name: 'Sync orders' }).count()).toBe(0);
  await close();
});
