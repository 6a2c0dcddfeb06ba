import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

const HERD = 130;
const OTHERS = 25;
/** More than a page of the list of jobs. */
const LISTED = 60;
const api = 'http://127.0.0.1:9/';

const jobsOf = (schedule: string, count: number, timeZone = 'UTC') =>
  Array.from({ length: count }, (_, index) => ({
    name: `Herd ${index}`,
    tags: ['herd'],
    schedule,
    timeZone,
    api,
  }));

beforeAll(async () => {
  const jobs = [
    ...jobsOf('0 5 * * *', HERD),
    // The usual minute has one run, so that a few make a herd.
    ...jobsOf('37 * * * *', 1),
    ...jobsOf('0 5 * * *', OTHERS, 'Africa/Abidjan'),
    ...jobsOf('0 14 * * *', OTHERS, 'Asia/Tokyo'),
    ...jobsOf('58 23 * * *', OTHERS, 'Africa/Accra'),
    ...jobsOf('@weekly', LISTED, 'Africa/Dakar'),
    ...jobsOf('@weekly', 4, 'Africa/Bamako'),
  ];
  await call('POST', '/api/v1/jobs/batch', { jobs });
});
afterAll(async () => {
  const asked = { action: 'delete', filter: { tag: 'herd' }, ratePerSecond: 1_000 };
  const { token } = await call('POST', '/api/v1/operations', { ...asked, dryRun: true });
  await call('POST', '/api/v1/operations', { ...asked, token });
});

/** The runs of a minute on the day after tomorrow. */
async function runsAt(clock: string): Promise<number> {
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const from = new Date(`${day}T${clock}:00Z`);
  const until = new Date(from.getTime() + 60_000);
  const { runs } = await call('POST', '/api/v1/schedules/load', { from, until, busiest: 0 });
  return runs;
}

async function schedulesOf(timeZone: string): Promise<string[]> {
  const { rows } = await database.query<{ schedule: string }>(
    `select schedule from jobs
      where time_zone = $1 and tags ? 'herd' and deleted_at is null and schedule not like '37 *%' order by id`,
    [timeZone],
  );
  return rows.map(({ schedule }) => schedule);
}

/** The address of a minute of the day after tomorrow. */
function addressOf(clock: string): string {
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  return `/calendar?hour=${day}T${clock.slice(0, 2)}:00Z&minute=${day}T${clock}Z`;
}

const herdAt = (page: Page, clock: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('link', { name: clock, exact: true }) });

test('a herd of the calendar is spread over five minutes', async () => {
  const before = await runsAt('05:00');
  expect(before).toBeGreaterThanOrEqual(HERD + 2 * OTHERS);
  const { page, expectAccessible, close } = await open({ at: '/calendar', timezoneId: 'UTC' });
  await herdAt(page, '05:00').getByRole('button', { name: 'Spread over 5 minutes…' }).click();
  const total = HERD + 2 * OTHERS;
  const dialog = page.getByRole('dialog', { name: `Spread ${total} jobs over 5 minutes` });
  await dialog
    .getByText(/05:00:00 → 05:0\d:\d\d, for example: \d+ [0-5] 5 \* \* \*/)
    .first()
    .waitFor();
  await dialog.getByText(/14:00:00 → 14:0\d:\d\d/).waitFor();
  for (const count of [`${HERD} jobs`, `${OTHERS} jobs`]) await dialog.getByText(count).first().waitFor();
  await expectAccessible();
  const spread = dialog.getByRole('button', { name: 'Spread', exact: true });
  expect(await spread.isDisabled()).toBe(true);
  await dialog.getByLabel('Reason').fill('the database is slow at five');
  await dialog.getByLabel(`Type ${total} to continue`).fill(String(total));
  await spread.click();
  // The next tick does the rest after the first two seconds.
  await dialog.getByText(`Done. ${total} jobs spread`).waitFor({ timeout: 90_000 });
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();

  const schedules = await schedulesOf('UTC');
  expect(schedules).toHaveLength(HERD);
  for (const schedule of schedules) expect(schedule).toMatch(/^([1-9]|[1-5]\d) [0-4] 5 \* \* \*$/);
  expect(new Set(schedules).size).toBeGreaterThan(HERD / 2);
  for (const schedule of await schedulesOf('Asia/Tokyo')) expect(schedule).toMatch(/^\d+ [0-4] 14 \* \* \*$/);
  expect(await runsAt('05:00')).toBeLessThan(before - total / 2);
  const audit = await call('GET', '/api/v1/audit?limit=1&action=JOB_CHANGED');
  expect(audit.items).toMatchObject([{ reason: 'the database is slow at five' }]);
  await close();
});

test('a minute of the calendar says which jobs stay, and a shorter window moves them', async () => {
  const { page, close } = await open({ at: addressOf('23:58'), timezoneId: 'UTC' });
  const minute = page.getByRole('region', { name: /23:00/ });
  await minute.getByRole('link', { name: `${OTHERS} jobs` }).waitFor();
  await minute.getByRole('button', { name: 'Spread over 5 minutes…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByText('Stays as it is: "58 23 * * *" would leave its hour; use at most 120 seconds.')
    .waitFor();
  const spread = dialog.getByRole('button', { name: 'Spread', exact: true });
  expect(await spread.isDisabled()).toBe(true);
  await dialog.getByRole('radio', { name: '1 min' }).check();
  await page.getByRole('dialog', { name: `Spread ${OTHERS} jobs over 1 minute` }).waitFor();
  await spread.click();
  await dialog.getByText(`Done. ${OTHERS} jobs spread`).waitFor({ timeout: 90_000 });
  for (const schedule of await schedulesOf('Africa/Accra'))
    expect(schedule).toMatch(/^([1-9]|[1-5]\d) 58 23 \* \* \*$/);
  await close();
});

test('a key that may only read is not offered a spread', async () => {
  const { key } = await call('POST', '/api/v1/keys', { name: 'calendar reader', scopes: ['read'] });
  const { page, close } = await open({ at: addressOf('23:58'), key, timezoneId: 'UTC' });
  await page.getByRole('heading', { name: /^23:58 · \d+ runs$/ }).waitFor();
  expect(await page.getByRole('button', { name: /^Spread/ }).count()).toBe(0);
  await close();
});

test('all jobs that match a filter by schedule are spread from the list of jobs', async () => {
  const { page, close } = await open({ at: '/jobs' });
  const box = page.getByRole('combobox', { name: 'Filter jobs' });
  for (const token of ['schedule:@weekly', 'timeZone:Africa/Dakar']) {
    await box.fill(token);
    await box.press('Enter');
  }
  await page.getByText('50 jobs on this page').waitFor();
  await page.getByRole('checkbox', { name: 'Select the page' }).check();
  await page.getByRole('button', { name: 'Select all matching jobs' }).click();
  await page.getByRole('button', { name: 'Spread', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `Spread ${LISTED} jobs` });
  await dialog.getByRole('radio', { name: '15 min' }).check();
  await dialog.getByRole('button', { name: 'Spread', exact: true }).click();
  await dialog.getByText(`Done. ${LISTED} jobs spread`).waitFor({ timeout: 90_000 });
  for (const schedule of await schedulesOf('Africa/Dakar'))
    expect(schedule).toMatch(/^([1-9]|[1-5]\d) (\d|1[0-4]) 0 \* \* 0$/);
  await close();
});

test('the rows that are selected are spread, and no other job of their schedule', async () => {
  const { page, close } = await open({ at: '/jobs?tag=herd&timeZone=Africa/Bamako' });
  const boxes = page.getByRole('checkbox', { name: /^Select Herd/ });
  await boxes.nth(1).check();
  await boxes.nth(2).check();
  await page.getByRole('button', { name: 'Spread', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Spread 2 jobs' });
  await dialog.getByRole('button', { name: 'Spread', exact: true }).click();
  await dialog.getByText('Done. 2 jobs spread').waitFor({ timeout: 90_000 });
  const schedules = await schedulesOf('Africa/Bamako');
  expect(schedules.filter((schedule) => schedule === '@weekly')).toHaveLength(2);
  expect(schedules).toHaveLength(4);
  await close();
});
