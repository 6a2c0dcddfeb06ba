import { expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

test('a filter is typed as a token, and is in the address', async () => {
  const { page, close } = await open({ at: '/jobs' });
  const box = page.getByRole('combobox', { name: 'Filter jobs' });
  await box.fill('group:orders');
  await box.press('Enter');
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  await page.waitForURL(/\/ui\/jobs\?group=orders$/);
  await until(async () => (await page.locator('tbody tr').count()) === 1, { timeoutMs: 20_000 });
  await page.reload();
  await page.getByRole('button', { name: 'Remove group: orders' }).click();
  await page.getByRole('link', { name: 'Import feed 1', exact: true }).waitFor();
  await close();
});

test('a list continues page by page, and says what is on a page and no total', async () => {
  const { page, close } = await open({ at: '/jobs?group=feeds' });
  await page.getByText('50 jobs on this page').waitFor();
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await page.getByText('10 jobs on this page').waitFor();
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.getByText('50 jobs on this page').waitFor();
  await close();
});

test('foreign text is shown as text, and names of all kinds keep the page in shape', async () => {
  const { page, close } = await open({ at: '/jobs', viewport: { width: 1_280, height: 900 } });
  await page.getByText('<img src=x onerror=alert(1)></script>').waitFor();
  await page.getByText('📦 תזכורת / تذكير').waitFor();
  expect(await page.locator('main img').count()).toBe(0);
  await close();
});

test('no row can be selected until the rows of the address have loaded', async () => {
  const { page, close } = await open({ at: '/jobs?group=feeds' });
  const box = page.getByRole('checkbox', { name: 'Select the page' });
  await page.getByText('50 jobs on this page').waitFor();
  expect(await box.isEnabled()).toBe(true);
  const { promise: isAsked, resolve: hold } = Promise.withResolvers<() => Promise<void>>();
  await page.route(/\/api\/v1\/jobs\?.*cursor=/, (route) => hold(() => route.continue()), { times: 1 });
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  const answer = await isAsked;
  await page.locator('table[aria-busy="true"]').waitFor();
  expect(await box.isDisabled()).toBe(true);
  expect(await page.locator('tbody input[type="checkbox"]:enabled').count()).toBe(0);
  await answer();
  await page.getByText('10 jobs on this page').waitFor();
  await box.check();
  await page.getByText('10 jobs selected').waitFor();
  await close();
});

test('all matching jobs are paused by an operation, with the reason in the audit log', async () => {
  const jobs = Array.from({ length: 120 }, (_, index) => ({
    name: `Bulk ${index}`,
    tags: ['bulk-pause'],
    schedule: '@daily',
    api: 'http://127.0.0.1:9/',
  }));
  await call('POST', '/api/v1/jobs/batch', { jobs });
  const { page, close } = await open({ at: '/jobs?tag=bulk-pause' });
  await page.getByRole('checkbox', { name: 'Select the page' }).check();
  await page.getByRole('button', { name: 'Select all matching jobs' }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause 120 jobs' });
  await dialog.getByLabel('Reason').fill('maintenance');
  const confirm = dialog.getByRole('button', { name: 'Pause', exact: true });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Type 120 to continue').fill('120');
  await confirm.click();
  // The next tick does the rest after the first two seconds.
  await dialog.getByText('120 jobs paused').waitFor({ timeout: 90_000 });
  const active = await database.query<{ count: number }>(
    `select count(*) as count from jobs where is_active and id in (select job_id from job_tags where tag = 'bulk-pause')`,
  );
  expect(active.rows).toEqual([{ count: 0 }]);
  const audit = await call('GET', '/api/v1/audit?limit=1');
  expect(audit.items).toMatchObject([{ reason: 'maintenance' }]);
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await page.getByText('Paused').first().waitFor();
  await close();
});

test('the rows that are selected are deleted, and no other job', async () => {
  const jobs = ['one', 'two', 'three'].map((name) => ({
    name: `Doomed ${name}`,
    tags: ['doomed'],
    schedule: '@daily',
    api: 'http://127.0.0.1:9/',
  }));
  await call('POST', '/api/v1/jobs/batch', { jobs });
  const { page, close } = await open({ at: '/jobs?tag=doomed' });
  await page.getByRole('checkbox', { name: 'Select Doomed one' }).check();
  await page.getByRole('checkbox', { name: 'Select Doomed two' }).check();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 2 jobs' });
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.getByText('2 jobs deleted').waitFor();
  const { items } = await call('GET', '/api/v1/jobs?tag=doomed');
  expect(items).toMatchObject([{ name: 'Doomed three' }]);
  await close();
});

test('the result of an action shows also when it has taken the jobs out of the list', async () => {
  const jobs = ['one', 'two'].map((name) => ({
    name: `Leaves ${name}`,
    tags: ['leaves'],
    schedule: '@daily',
    api: 'http://127.0.0.1:9/',
  }));
  await call('POST', '/api/v1/jobs/batch', { jobs });
  const { page, close } = await open({ at: '/jobs?tag=leaves&state=ACTIVE' });
  await page.route('**/api/v1/operations', async (route) => {
    if (route.request().postData()?.includes('"dryRun":true') === true) return route.continue();
    const response = await route.fetch();
    // The list is read again each five seconds.
    await page.getByText('No job fits the filter').waitFor();
    return route.fulfill({ response });
  });
  await page.getByRole('checkbox', { name: 'Select the page' }).check();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause 2 jobs' });
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  await dialog.getByText('2 jobs paused').waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await page.getByText('No job fits the filter').waitFor();
  await close();
});

test('the list is used by keys alone: filter, go through rows, select, open the help', async () => {
  const { page, close } = await open({ at: '/jobs?group=feeds' });
  await page.getByRole('link', { name: 'Import feed 1', exact: true }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  expect(await page.getByRole('checkbox', { name: 'Select Import feed 2', exact: true }).isChecked()).toBe(
    true,
  );
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('jj');
  expect(await page.getByRole('combobox', { name: 'Filter jobs' }).inputValue()).toBe('jj');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  // The second key must come soon after the first, also on a busy machine.
  await Promise.all([page.keyboard.press('g'), page.keyboard.press('e')]);
  await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
  await close();
});

const batch = (jobs: readonly object[]) => call('POST', '/api/v1/jobs/batch', { jobs });
const aJob = (name: string, tag: string, fields: object = {}) => ({
  name,
  tags: [tag],
  schedule: '@daily',
  api: 'http://127.0.0.1:9/',
  ...fields,
});

test('the headers sort the list by what has an index, and the address keeps the order', async () => {
  await batch([
    aJob('Sorted late', 'sorted', { schedule: '2092-01-01T00:00:00Z', owner: 'team:ledger' }),
    aJob('Sorted paused', 'sorted', { isActive: false }),
    aJob('Sorted soon', 'sorted', { schedule: '2091-01-01T00:00:00Z' }),
  ]);
  const { page, expectAccessible, close } = await open({ at: '/jobs?tag=sorted' });
  const names = async () =>
    (await page.locator('tbody th').allInnerTexts()).map((text) => text.split('\n')[0]);
  const ordered = (...wanted: string[]) =>
    until(
      async () => JSON.stringify(await names()) === JSON.stringify(wanted.map((name) => `Sorted ${name}`)),
      {
        timeoutMs: 20_000,
      },
    );
  await ordered('late', 'paused', 'soon');
  await page.getByRole('cell', { name: 'team:ledger' }).waitFor();
  const created = page.getByRole('columnheader', { name: 'Created' });
  expect(await created.getAttribute('aria-sort')).toBe('ascending');
  await created.getByRole('button').click();
  await ordered('soon', 'paused', 'late');
  expect(await created.getAttribute('aria-sort')).toBe('descending');
  await page.getByRole('columnheader', { name: 'Next run' }).getByRole('button').click();
  await page.waitForURL(/sort=nextExecutionTime/);
  await ordered('soon', 'late');
  await page.getByText('without jobs that have no next run').waitFor();
  await expectAccessible();
  await page.reload();
  await ordered('soon', 'late');
  await close();
});

test('finished jobs are hidden until their token is removed', async () => {
  await batch([aJob('Still to run', 'hidden'), aJob('Has run', 'hidden')]);
  await database.query(
    `delete from job_schedules where job_id = (select id from jobs where name = 'Has run')`,
  );
  const { page, close } = await open({ at: '/jobs?tag=hidden' });
  await page.getByRole('link', { name: 'Still to run' }).waitFor();
  expect(await page.getByRole('link', { name: 'Has run' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Remove finished: hidden' }).click();
  await page.getByRole('link', { name: 'Has run' }).waitFor();
  await page.waitForURL(/finished=shown/);
  const box = page.getByRole('combobox', { name: 'Filter jobs' });
  await box.fill('finished:hidden');
  await box.press('Enter');
  await page.waitForURL(/\/ui\/jobs\?tag=hidden$/);
  await page.getByRole('link', { name: 'Has run' }).waitFor({ state: 'detached' });
  await close();
});

test('jobs are moved to a group, with a reason of any characters in the audit log', async () => {
  const reason = 'Umzug → 「課金」 📦 größer, 100 %';
  await batch(['one', 'two', 'three'].map((name) => aJob(`Moved ${name}`, 'moved')));
  const { page, close } = await open({ at: '/jobs?tag=moved' });
  await page.getByRole('checkbox', { name: 'Select Moved one' }).check();
  await page.getByRole('checkbox', { name: 'Select Moved two' }).check();
  await page.getByRole('button', { name: 'Move to group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Move 2 jobs' });
  await dialog.getByLabel('Group').fill('課金');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: 'Move to group' }).click();
  await dialog.getByText('2 jobs moved').waitFor();
  const { rows } = await database.query(
    `select name, job_group as "group" from jobs where name like 'Moved %' order by id`,
  );
  expect(rows).toEqual([
    { name: 'Moved one', group: '課金' },
    { name: 'Moved two', group: '課金' },
    { name: 'Moved three', group: null },
  ]);
  const audit = await call('GET', '/api/v1/audit?limit=2&action=JOB_CHANGED');
  expect(audit.items).toMatchObject([{ reason }, { reason }]);
  await close();
});

test('all matching jobs are moved to a group by one operation', async () => {
  await batch(Array.from({ length: 51 }, (_, index) => aJob(`Grouped ${index}`, 'grouped')));
  const { page, close } = await open({ at: '/jobs?tag=grouped' });
  await page.getByText('50 jobs on this page').waitFor();
  await page.getByRole('checkbox', { name: 'Select the page' }).check();
  await page.getByRole('button', { name: 'Select all matching jobs' }).click();
  await page.getByRole('button', { name: 'Move to group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Move 51 jobs' });
  await dialog.getByLabel('Group').fill('everything');
  await dialog.getByRole('button', { name: 'Move to group' }).click();
  await dialog.getByText('51 jobs moved').waitFor({ timeout: 90_000 });
  const { rows } = await database.query(`select count(*) as count from jobs where job_group = 'everything'`);
  expect(rows).toEqual([{ count: 51 }]);
  await close();
});
