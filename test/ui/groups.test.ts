import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTarget, type Target } from '../support/target.ts';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';
import { WITHIN_A_TICK } from './support/tick.ts';

const open = useBrowser();
const database = useDatabase();
const GROUP = 'groups: é/✓';

let target: Target;

const groupsOf = async (query: string) => (await call('GET', `/api/v1/groups?${query}`)).items;
const theGroup = async () =>
  (await groupsOf('limit=100&span=1h')).find(({ group }: { group: string }) => group === GROUP);

/** A group of three jobs: one has succeeded, and one has failed. */
beforeAll(async () => {
  target = await startTarget();
  const jobs = [200, 200, 503].map((status, index) => ({
    name: `Of a group ${index}`,
    group: GROUP,
    schedule: '@yearly',
    api: `${target.url}/${status}`,
    maxRetryCount: 0,
  }));
  const { items } = await call('POST', '/api/v1/jobs/batch', { jobs });
  await call('POST', `/api/v1/jobs/${items[0].id}/run`);
  await until(() => target.requests.length === 1, WITHIN_A_TICK);
  target.answerWith(503);
  await call('POST', `/api/v1/jobs/${items[2].id}/run`);
  await until(async () => (await theGroup())?.failureShare === 0.5, WITHIN_A_TICK);
}, 180_000);
afterAll(() => target.close());

test('a group shows its jobs and outcomes, and leads to its jobs', async () => {
  const { page, close } = await open({ at: '/groups' });
  await page.getByRole('radio', { name: '1 h', exact: true }).check();
  const row = page.getByRole('row').filter({ hasText: GROUP });
  await row.getByText('50 %').waitFor();
  expect(await row.getByRole('cell').first().textContent()).toBe('3');
  await row.getByRole('link', { name: GROUP, exact: true }).click();
  await page.waitForURL((url) => url.searchParams.get('group') === GROUP);
  await page.getByText('3 jobs on this page').waitFor();
  await close();
});

test('the groups with the most failures are first, by a choice that is in the address', async () => {
  const { page, close } = await open({ at: '/groups' });
  await page.getByRole('radio', { name: 'Most failures first' }).check();
  await page.waitForURL(/order=worst/);
  // The rows of the other order stay until the new rows arrive.
  await until(async () => {
    const worst = await groupsOf('order=failures');
    expect(await page.getByRole('rowheader').allTextContents()).toEqual(
      worst.map(({ group }: { group: string }) => group),
    );
    return true;
  }, WITHIN_A_TICK);
  await close();
});

test('a group is paused and resumed as a whole, after the number of its jobs was shown', async () => {
  const { page, go, expectAccessible, close } = await open();
  const paused = async () => {
    const { rows } = await database.query<{ paused: number }>(
      'select count(*)::integer as paused from jobs where job_group = $1 and not is_active and deleted_at is null',
      [GROUP],
    );
    return rows[0]?.paused;
  };
  await go('/groups');
  await page.getByRole('button', { name: `Pause ${GROUP}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause 3 jobs' });
  await dialog.waitFor();
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await dialog.getByText('3 jobs paused').waitFor();
  expect(await paused()).toBe(3);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('link', { name: `3 paused jobs of ${GROUP}` }).waitFor();
  await page.getByRole('button', { name: `Resume ${GROUP}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await page.getByText('3 jobs resumed').waitFor();
  expect(await paused()).toBe(0);
  await close();
});

test('a key that may not change jobs sees groups without actions', async () => {
  const { key } = await call('POST', '/api/v1/keys', { name: 'reads groups', scopes: ['read'] });
  const { page, close } = await open({ at: '/groups', key });
  await page.getByRole('row').filter({ hasText: GROUP }).waitFor();
  expect(await page.getByRole('button', { name: /^Pause / }).count()).toBe(0);
  await close();
});

test('a host shows its requests of the last hour, its running executions, and the pause that it asked for', async () => {
  const [job] = (await call('GET', `/api/v1/jobs?group=${encodeURIComponent(GROUP)}`)).items;
  const { page, go, close } = await open();
  target.answerWith('hang');
  await call('POST', `/api/v1/jobs/${job.id}/run`);
  await until(async () => {
    const { items } = await call('GET', '/api/v1/hosts');
    const own = items.find(({ host }: { host: string }) => host === '127.0.0.1');
    return own?.running !== null && own?.lastHour !== null;
  }, WITHIN_A_TICK);
  await go('/groups');
  await page.getByRole('button', { name: 'Hosts' }).click();
  const row = page.getByRole('row').filter({ hasText: '127.0.0.1' });
  await row.getByText(/oldest/).waitFor();
  target.cut();
  target.answerWith({ status: 429, headers: { 'retry-after': '600' } });
  await call('POST', `/api/v1/jobs/${job.id}/run`);
  await row.getByText('in 10 min').waitFor();
  await close();
});

test('the overview has the groups with failures and the slowest hosts', async () => {
  const { page, close } = await open({ at: '/overview?span=1h' });
  const shares = page.getByRole('region', { name: 'Failure share' });
  // A tick may count more outcomes between two reads; the page reads them again by itself.
  await until(async () => {
    const from = new Date(Math.floor(Date.now() / 60_000 - 60) * 60_000).toISOString();
    const { groups } = await call('GET', `/api/v1/stats/groups?from=${from}&step=60&limit=5`);
    const [{ succeeded, failed }] = groups;
    const words = new RegExp(`^${failed} of ${succeeded + failed} executions? of .* failed in the last hour`);
    expect(await shares.getByText(words).count()).toBe(1);
    for (const { group } of groups)
      expect(await shares.getByRole('link', { name: group, exact: true }).count()).toBe(1);
    return true;
  }, WITHIN_A_TICK);
  const hosts = page.getByRole('region', { name: 'Slowest hosts' });
  await hosts.getByRole('link', { name: '127.0.0.1' }).waitFor();
  await shares.getByRole('link', { name: 'Groups', exact: true }).click();
  await page.waitForURL(/\/groups\?order=worst&span=1h$/);
  await close();
});
