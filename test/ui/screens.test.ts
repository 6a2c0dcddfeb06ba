import { describe, expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { WITHIN_A_TICK } from './support/tick.ts';
import { watchShifts } from './support/layout-shifts.ts';

const open = useBrowser();

/** Every screen: its address, and a text that shows when it has loaded. */
const screens: readonly { name: string; path: () => Promise<string>; text: string | RegExp }[] = [
  { name: 'overview', path: async () => '/overview', text: /in the last hour/ },
  { name: 'overview of a month', path: async () => '/overview?span=30d', text: /in the last 30 days/ },
  { name: 'calendar', path: async () => '/calendar', text: /runs? of/ },
  { name: 'jobs', path: async () => '/jobs', text: 'Sync orders' },
  {
    name: 'jobs that nothing fits',
    path: async () => '/jobs?text=nothing-has-this',
    text: 'No job fits the filter',
  },
  { name: 'a job', path: async () => '/jobs/1', text: /20 upcoming/ },
  { name: 'a job with a failure', path: async () => '/jobs/2', text: /1 failed/ },
  { name: 'a job with a long name', path: async () => '/jobs/6?tab=upcoming', text: /times on this page/ },
  { name: 'the request of a job', path: async () => '/jobs/7?tab=request', text: 'idempotency-key' },
  { name: 'the statistics of a job', path: async () => '/jobs/2?tab=stats', text: /1 failed\. Each bar has/ },
  {
    name: 'the statistics of a job that has not run',
    path: async () => '/jobs/8?tab=stats&span=7d',
    text: 'No execution in the last 7 days',
  },
  { name: 'the changes of a job', path: async () => '/jobs/1?tab=changes', text: 'Created' },
  { name: 'a new job', path: async () => '/jobs/new', text: 'Give a schedule' },
  { name: 'an edited job', path: async () => '/jobs/1/edit', text: /at 02:30 every day/ },
  { name: 'executions', path: async () => '/executions', text: /executions on this page/ },
  {
    name: 'an execution',
    path: async () => `/executions/${(await call('GET', '/api/v1/executions?limit=1')).items[0].id}`,
    text: 'What happened',
  },
  { name: 'failures', path: async () => '/failures?within=7d', text: /cause|No failure in/ },
  {
    name: 'failures in a state that none has',
    path: async () => '/failures?state=IGNORED',
    text: /No ignored cause|1 cause/,
  },
  { name: 'groups', path: async () => '/groups', text: /groups on this page/ },
  {
    name: 'groups by their failures',
    path: async () => '/groups?order=worst&span=1h',
    text: /Groups and hosts/,
  },
  { name: 'hosts', path: async () => '/groups?tab=hosts', text: /hosts? on this page/ },
  {
    name: 'the slowest hosts',
    path: async () => '/groups?tab=hosts&order=worst',
    text: /hosts? on this page|No request/,
  },
  {
    name: 'a failure',
    path: async () => `/failures/${await findFailure()}`,
    text: /^Cause$/,
  },
  { name: 'activity', path: async () => '/activity', text: /changes on this page/ },
  { name: 'keys', path: async () => '/keys', text: /1 key|\d+ keys/ },
  { name: 'a job whose id is not a number', path: async () => '/jobs/abc', text: 'There is no such page' },
  { name: 'a page that is not there', path: async () => '/nowhere', text: 'There is no such page' },
];

/** A failed execution is in its group after the next tick. */
const findFailure = async (): Promise<number> =>
  until(async () => (await call('GET', '/api/v1/failures?limit=1')).items[0]?.id, WITHIN_A_TICK);

describe.each(screens)('the screen: $name', ({ path, text }) => {
  test('axe finds nothing on a screen, in both themes', async () => {
    const { page, expectAccessible, close } = await open({ at: await path() });
    await page.getByText(text).first().waitFor();
    await expectAccessible('light');
    await expectAccessible('dark');
    await close();
  });

  test('a screen has no visible layout shift while it loads, regardless of the order of its answers', async () => {
    const { page, go, close } = await open({ at: null });
    const readShifts = await watchShifts(page);
    await go(await path());
    await page.getByText(text).first().waitFor();
    await page.waitForLoadState('networkidle');
    const shifts = await readShifts();
    const moved = shifts.reduce((sum, { value }) => sum + value, 0);
    // Web Vitals calls a shift below 0.1 good: https://web.dev/articles/cls
    expect(moved, JSON.stringify(shifts, null, 1)).toBeLessThan(0.01);
    await close();
  });

  test('a screen of 320 pixels can be used without scrolling the page sideways', async () => {
    const { page, close } = await open({
      at: await path(),
      viewport: { width: 320, height: 640 },
      reducedMotion: 'reduce',
    });
    await page.getByText(text).first().waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await close();
  });
});

test('axe finds nothing on the sign-in, in both themes', async () => {
  const { page, expectAccessible, close } = await open({ key: '' });
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await expectAccessible('light');
  await expectAccessible('dark');
  await close();
});

test('the navigation of a narrow page shows the entry of the current screen', async () => {
  const { page, go, close } = await open({ viewport: { width: 320, height: 640 } });
  for (const [path, name] of [
    ['/keys', 'Keys'],
    ['/overview', 'Overview'],
  ] as const) {
    await go(path);
    const entry = page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name });
    await entry.waitFor();
    const box = await entry.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
  }
  await close();
});
