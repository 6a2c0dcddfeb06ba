import { afterAll, expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { belfry } from './support/belfry.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

const created: number[] = [];
// Jobs that fail would show on the overview of other tests.
afterAll(async () => {
  for (const id of created) await call('DELETE', `/api/v1/jobs/${id}`);
});

/** Creates a job that fails every two seconds. */
async function createFailing(name: string, fields: object = {}): Promise<number> {
  const job = await call('POST', '/api/v1/jobs', {
    name,
    tags: ['fails'],
    schedule: '@every 2s',
    api: `${belfry().address}/_local/echo?status=503`,
    maxRetryCount: 0,
    ...fields,
  });
  created.push(job.id);
  return job.id;
}

const untilJob = (id: number, isSo: (job: { failuresInARow: number; isActive: boolean }) => boolean) =>
  until(async () => isSo(await call('GET', `/api/v1/jobs/${id}`)), { timeoutMs: 90_000, everyMs: 200 });

test('the overview counts the jobs that failures paused, and its tile leads to them alone, to be resumed', async () => {
  const byBelfry = await createFailing('Paused by the rule', { pauseAfterFailures: 2 });
  const byPerson = await createFailing('Paused by a person');
  const failing = await createFailing('Fails on');
  await untilJob(byBelfry, ({ isActive }) => !isActive);
  await untilJob(byPerson, ({ failuresInARow }) => failuresInARow > 0);
  await call('PATCH', `/api/v1/jobs/${byPerson}`, { isActive: false });
  await untilJob(failing, ({ failuresInARow }) => failuresInARow > 1);
  await call('PATCH', `/api/v1/jobs/${failing}`, { schedule: '@daily' });
  const { pausedByFailures } = await call('GET', '/api/v1/jobs/failing?limit=1');

  const { page, go, expectAccessible, close } = await open({ at: '/overview' });
  await page.getByRole('link', { name: /^\d+ jobs? (is|are) failing\.$/ }).waitFor();
  const list = page.getByRole('region', { name: 'Failing jobs' });
  await list.getByRole('link', { name: 'Fails on', exact: true }).waitFor();
  expect(await list.getByText(/^Paused by/).count()).toBe(0);
  await page.getByRole('link', { name: `Paused by failures ${pausedByFailures.count} job` }).click();
  await page.waitForURL(/\/ui\/jobs\?state=PAUSED_BY_FAILURES$/);
  const row = page.getByRole('row', { name: /Paused by the rule/ });
  await row.getByText('by failures').waitFor();
  expect(await page.getByRole('link', { name: 'Paused by a person' }).count()).toBe(0);
  await expectAccessible('light');
  await expectAccessible('dark');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1_280, height: 900 });

  await go(`/jobs/${byBelfry}`);
  await page.getByText(/^by failures/).waitFor();
  await expectAccessible();

  // The target answers again.
  await call('PATCH', `/api/v1/jobs/${byBelfry}`, { api: `${belfry().address}/_local/echo` });
  await go('/jobs?state=PAUSED_BY_FAILURES&tag=fails');
  await page.getByRole('checkbox', { name: 'Select the page' }).check();
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Resume 1 job' });
  await dialog.getByRole('button', { name: 'Resume', exact: true }).click();
  // The next tick does it if the request takes longer than two seconds.
  await dialog.getByText('1 job resumed').waitFor({ timeout: 90_000 });
  const { rows } = await database.query<{ id: number }>(
    `select id from jobs where is_active and id = any($1::bigint[]) order by id`,
    [[byBelfry, byPerson]],
  );
  expect(rows).toEqual([{ id: byBelfry }]);
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await page.getByText('No job fits the filter').waitFor();
  await close();
});
