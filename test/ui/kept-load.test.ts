import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { OFTEN, placeOf } from '../../lib/domain/load/list-groups.ts';
import { belfry } from './support/belfry.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

const MINUTE_MS = 60_000;
const DAYS = 32;
const JOBS = 5_000;
const HERD = 4_321;

/**
 * Replaces the kept counts: each minute has some runs, and one minute may have a herd. In another one, a run less is known, and not all
 * schedules are. The counts are four minutes old. No tick counts meanwhile.
 */
async function keep(
  runs: number,
  { herdAtMs, unknownAtMs }: { herdAtMs?: number; unknownAtMs?: number } = {},
): Promise<void> {
  const countedMs = Date.now() - 4 * MINUTE_MS;
  const startsMs = Math.floor(countedMs / MINUTE_MS) * MINUTE_MS;
  const perMinute = Array.from({ length: DAYS * 1_440 }, (_, index) => {
    const atMs = startsMs + index * MINUTE_MS;
    return atMs === herdAtMs ? HERD : atMs === unknownAtMs ? runs - 1 : runs;
  });
  await database.query(
    `update upcoming_load
        set tried_at = now(), counted_at = $1, starts_at = $2, ends_at = $3, jobs = $4, recurring_jobs = $4, is_exact = true,
            per_minute = $5, single_per_minute = '{}', groups_counted_at = $1`,
    [
      new Date(countedMs),
      new Date(startsMs),
      new Date(startsMs + perMinute.length * MINUTE_MS),
      JOBS,
      perMinute,
    ],
  );
  const lists = Array.from({ length: OFTEN + 1 }, (_, place) => {
    const isHerd = herdAtMs !== undefined && place === placeOf(herdAtMs);
    const often = place === OFTEN ? [[runs, '* * * * *', 'UTC']] : [];
    const groups = isHerd ? [[HERD, scheduleOf(herdAtMs), 'UTC']] : often;
    return JSON.stringify({ groups, isCut: unknownAtMs !== undefined && place === placeOf(unknownAtMs) });
  });
  await database.query(
    `insert into upcoming_groups (minute_of_day, list)
     select place - 1, list::json from unnest($1::text[]) with ordinality l (list, place)
     on conflict (minute_of_day) do update set list = excluded.list`,
    [lists],
  );
}
/** A cron whose only time of the day is the one of an instant. */
const scheduleOf = (atMs: number): string =>
  `${new Date(atMs).getUTCMinutes()} ${new Date(atMs).getUTCHours()} * * *`;
afterEach(async () => {
  await database.query('delete from upcoming_groups');
  await database.query(
    `update upcoming_load
        set tried_at = 'epoch', counted_at = null, starts_at = null, ends_at = null, jobs = null, recurring_jobs = null,
            is_exact = null, per_minute = null, single_per_minute = null, groups_counted_at = null`,
  );
});

const inHours = (hours: number): number => Math.floor(Date.now() / 3_600_000 + hours) * 3_600_000;
const toParameter = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16)}Z`;
const total = (page: Page) => page.getByText(/runs? of [\d,]+ jobs? until/);

/** Notes how many minutes each request for the load describes. */
function noteDescribed(page: Page): number[] {
  const described: number[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/schedules/load')) described.push(request.postDataJSON().busiest);
  });
  return described;
}

test('the overview shows the next herd of the kept counts with their age, and Read again counts now', async () => {
  await keep(1, { herdAtMs: inHours(3) });
  const { page, expectAccessible, close } = await open({ at: '/overview', timezoneId: 'UTC' });
  await page.getByText(/4,321 runs\. Counted [45] min ago\./).waitFor();
  await expectAccessible();
  await page.keyboard.press('r');
  await page.getByText('4,321 runs').waitFor({ state: 'detached' });
  await page.getByText(/No herd in|Next herd at/).waitFor();
  expect(await page.getByText(/Counted \d/).count()).toBe(0);
  await close();
});

test('the calendar asks once for the kept counts with the schedules of its herds, and Read again counts now', async () => {
  const herdAtMs = inHours(30);
  await keep(1, { herdAtMs });
  const { page, go, expectAccessible, close } = await open({ timezoneId: 'UTC' });
  const described = noteDescribed(page);
  await go('/calendar');
  await page.getByText(/of 5,000 jobs until .*, counted [45] min ago/).waitFor();
  const herd = page.getByRole('listitem').filter({ hasText: '4,321 runs' });
  await herd.getByText(`4,321 jobs have ${scheduleOf(herdAtMs)} in UTC.`).waitFor();
  await herd.getByRole('button', { name: 'Spread over 5 minutes…' }).waitFor();
  expect(described).toEqual([20]);
  await expectAccessible();
  await page.keyboard.press('r');
  await page.getByText('of 5,000 jobs').waitFor({ state: 'detached' });
  await total(page).waitFor();
  expect(await page.getByText(/counted \d/).count()).toBe(0);
  expect(await herd.count()).toBe(0);
  await close();
});

test('a minute shows the kept schedules, also when their jobs have changed since the count', async () => {
  const herdAtMs = inHours(30);
  await keep(1, { herdAtMs });
  const at = toParameter(herdAtMs);
  const { page, expectAccessible, close } = await open({
    at: `/calendar?hour=${at}&minute=${at}`,
    timezoneId: 'UTC',
  });
  const minute = page.getByRole('region', { name: /:00/ });
  await minute.getByRole('heading', { name: /^\d\d:00 · 4,321 runs$/ }).waitFor();
  await minute.getByText('These jobs have changed since the count.').waitFor();
  await minute.getByRole('link', { name: '4,321 jobs' }).waitFor();
  expect(await minute.getByText(/Counted|and [\d,]+ more/).count()).toBe(0);
  await expectAccessible();
  await close();
});

test('a minute that is counted when it is opened says when each was counted, if its runs differ from its hour', async () => {
  const atMs = inHours(5) + 17 * MINUTE_MS;
  await keep(7, { unknownAtMs: atMs });
  const { page, go, expectAccessible, close } = await open({ timezoneId: 'UTC' });
  const described = noteDescribed(page);
  await go(`/calendar?hour=${toParameter(inHours(5))}&minute=${toParameter(atMs)}`);
  await page
    .getByText(/Counted .*\. The hour was counted [45] min ago, with 6 runs in this minute\./)
    .waitFor();
  await page.getByText(/of 5,000 jobs until .*, counted [45] min ago/).waitFor();
  expect(described.toSorted((one, other) => one - other)).toEqual([1, 20]);
  await expectAccessible();
  await close();
});

test('after a change in the dashboard, no screen shows counts from before it', async () => {
  const { id } = await call('POST', '/api/v1/jobs', {
    name: 'Paused in the dashboard',
    schedule: '17 4 * * *',
    api: `${belfry().address}/_local/echo`,
  });
  await keep(7);
  const { page, go, close } = await open({ at: '/calendar', timezoneId: 'UTC' });
  await page.getByText(/of 5,000 jobs until/).waitFor();
  await go(`/jobs/${id}`);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await page.getByText('Resumed', { exact: true }).waitFor();
  // By keys, because a reload forgets the changes of a tab.
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await total(page).waitFor();
  expect(await page.getByText('of 5,000 jobs').count()).toBe(0);
  await call('DELETE', `/api/v1/jobs/${id}`);
  await close();
});

test('the hint of the form takes kept counts, unless they are older than the last change of its job', async () => {
  const create = (name: string): Promise<{ id: number }> =>
    call('POST', '/api/v1/jobs', {
      name,
      schedule: '17 4 * * *',
      api: `${belfry().address}/_local/echo`,
    });
  const [old, young] = [await create('Changed long ago'), await create('Changed just now')];
  await database.query(`update jobs set updated_at = now() - interval '1 hour' where id = $1`, [old.id]);
  await keep(51);
  const { page, go, close } = await open({ at: `/jobs/${old.id}/edit`, timezoneId: 'UTC' });
  await page.getByText('50 other runs at 04:17').waitFor();
  await go(`/jobs/${young.id}/edit`);
  await page.getByText(/^1 other run at 04:17/).waitFor();
  for (const { id } of [old, young]) await call('DELETE', `/api/v1/jobs/${id}`);
  await close();
});
