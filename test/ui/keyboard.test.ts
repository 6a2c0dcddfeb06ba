import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { WITHIN_A_TICK } from './support/tick.ts';

const open = useBrowser();

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
const rowWithFocus = (page: Page) => page.locator('tbody > tr:focus');
const pressAll = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
/** Presses two keys at once, as far as the browser can tell: the second one must come soon after the first. */
const pressSequence = async (page: Page, first: string, second: string): Promise<void> => {
  await Promise.all([page.keyboard.press(first), page.keyboard.press(second)]);
};

test('`g` and a letter lead to each screen, from each screen', async () => {
  const { page, close } = await open({ at: '/jobs' });
  await heading(page, 'Jobs').waitFor();
  for (const [letter, name] of [
    ['o', 'Overview'],
    ['j', 'Jobs'],
    ['e', 'Executions'],
    ['f', 'Failures'],
    ['c', 'Calendar'],
    ['h', 'Groups and hosts'],
    ['a', 'Activity'],
    ['k', 'Keys'],
  ] as const) {
    await pressSequence(page, 'g', letter);
    await heading(page, name).waitFor();
  }
  await close();
});

/** The lists: their addresses, and where `Enter` leads from their first row. */
const lists: readonly { path: string; opens?: RegExp; filter?: string }[] = [
  { path: '/jobs', opens: /\/jobs\/\d+$/, filter: 'Filter jobs' },
  { path: '/executions', opens: /\/executions\/\d+$/, filter: 'Filter executions' },
  { path: '/failures?within=30d', opens: /\/failures\/\d+$/ },
  { path: '/groups', opens: /\/jobs\?.*group=/ },
  { path: '/groups?tab=hosts', opens: /\/jobs\?.*host=/ },
  { path: '/activity?job=1', opens: /\/jobs\/\d+$/, filter: 'Filter the activity' },
  { path: '/jobs/1', opens: /\/executions\/\d+$/ },
  { path: '/jobs/1?tab=upcoming' },
  { path: '/jobs/1?tab=changes' },
  { path: '/keys' },
];

test.each(lists)(
  'keys go through the rows of the list $path, open one, and lead to the filter or the search',
  async ({ path, opens, filter }) => {
    // The list of failures has a row after the next tick.
    if (path.startsWith('/failures'))
      await until(
        async () => (await call('GET', '/api/v1/failures?limit=1')).items.length > 0,
        WITHIN_A_TICK,
      );
    const { page, close } = await open({ at: path });
    const rows = page.locator('tbody > tr[tabindex]');
    await rows.first().waitFor();
    const focused = async () =>
      page.evaluate<number>(
        `[...document.querySelectorAll('tbody > tr[tabindex]')].indexOf(document.activeElement)`,
      );
    await pressAll(page, 'j');
    expect(await focused()).toBe(0);
    if ((await rows.count()) > 1) {
      await pressAll(page, 'j');
      expect(await focused()).toBe(1);
      await pressAll(page, 'k', 'k', 'k');
      expect(await focused()).toBe(0);
    }
    await pressAll(page, '/');
    const box =
      filter === undefined
        ? page.getByRole('combobox', { name: 'Search jobs and screens' })
        : page.getByRole('combobox', { name: filter });
    await box.waitFor();
    await box.and(page.locator(':focus')).waitFor();
    await page.keyboard.type('xjk?');
    expect(await box.inputValue()).toBe('xjk?');
    await box.fill('');
    await pressAll(page, 'Escape', 'Escape');
    await until(async () => (await page.getByRole('dialog').count()) === 0);
    if (opens !== undefined) {
      await pressAll(page, 'j', 'Enter');
      await page.waitForURL(opens);
    }
    await close();
  },
);

test('`j` continues from one table of a screen to the next', async () => {
  await call('POST', '/api/v1/signing-keys', {});
  const { page, close } = await open({ at: '/keys' });
  const region = page.getByRole('region', { name: 'Signing keys' });
  await region.locator('tbody > tr[tabindex]').first().waitFor();
  const keys = await page.getByRole('region', { name: 'API keys' }).locator('tbody > tr[tabindex]').count();
  for (let row = 0; row < keys; row += 1) await pressAll(page, 'j');
  expect(await region.locator('tr:focus').count()).toBe(0);
  await pressAll(page, 'j');
  expect(await region.locator('tr:focus').count()).toBe(1);
  await close();
});

test('the keys of a list still work after another table of the screen has gone', async () => {
  const { page, close } = await open({ at: '/jobs/1' });
  const history = page.getByRole('region', { name: 'History' });
  await history.locator('tbody > tr[tabindex]').first().waitFor();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page.getByRole('region', { name: 'Occurrences' }).waitFor();
  await page.getByRole('button', { name: 'Show as drawing' }).click();
  await pressAll(page, 'j');
  expect(await history.locator('tr:focus').count()).toBe(1);
  await close();
});

test('`Ctrl K` finds a job and opens it, also from within a field', async () => {
  const { page, close } = await open({ at: '/jobs' });
  await page.getByRole('combobox', { name: 'Filter jobs' }).focus();
  await pressAll(page, 'Control+k');
  const search = page.getByRole('combobox', { name: 'Search jobs and screens' });
  await search.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('Nightly rep');
  await page.getByRole('option', { name: /Nightly report/ }).waitFor();
  await pressAll(page, 'Enter');
  await heading(page, 'Nightly report').waitFor();
  await close();
});

/** Types into the field with the focus, and presses Enter before the browser does anything else. */
const typeAndEnter = (text: string): string => `(async () => {
  const field = document.activeElement;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(text)});
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await undefined;
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
})()`;

test('the search is there before it is asked for, so that no letter after `Ctrl K` goes elsewhere', async () => {
  const { page, close } = await open({ at: '/jobs' });
  await heading(page, 'Jobs').waitFor();
  await page.waitForLoadState('networkidle');
  const loaded: string[] = [];
  page.on('request', (request) => request.resourceType() === 'script' && loaded.push(request.url()));
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search jobs and screens' }).waitFor();
  expect(loaded).toEqual([]);
  await close();
});

test('Enter right after the last letter of a search opens what was typed', async () => {
  const { page, close } = await open({ at: '/jobs' });
  await heading(page, 'Jobs').waitFor();
  await pressAll(page, 'Control+k');
  await page.getByRole('combobox', { name: 'Search jobs and screens' }).and(page.locator(':focus')).waitFor();
  await page.evaluate(typeAndEnter('Create a j'));
  await heading(page, 'New job').waitFor();

  // The jobs of the text before do not fit, and the ones that do are not known yet.
  await pressAll(page, 'Control+k');
  const search = page.getByRole('combobox', { name: 'Search jobs and screens' });
  await search.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('Nightly rep');
  await page.getByRole('option', { name: /Nightly report/ }).waitFor();
  await page.evaluate(typeAndEnter('Sync ord'));
  await page.getByRole('option', { name: /Sync orders/ }).waitFor();
  await pressAll(page, 'Enter');
  await heading(page, 'Sync orders').waitFor();
  await close();
});

test('the arrows lead through the search and through the filter, and keep the current entry in view', async () => {
  const { page, close } = await open({ at: '/jobs', viewport: { width: 1_280, height: 500 } });
  const current = page.locator('[role="option"][aria-selected="true"]');
  const isInView = async () => {
    const entry = await current.boundingBox();
    const list = await page.getByRole('listbox').boundingBox();
    if (entry === null || list === null) return false;
    return entry.y >= list.y - 1 && entry.y + entry.height <= list.y + list.height + 1;
  };
  await page.getByRole('link', { name: 'Sync orders', exact: true }).waitFor();
  await pressAll(page, 'Control+k');
  await page.getByRole('listbox').waitFor();
  const count = await page.getByRole('option').count();
  for (let entry = 1; entry < count; entry += 1) await pressAll(page, 'ArrowDown');
  await current.getByText('Sign out').waitFor();
  await until(isInView);
  await pressAll(page, 'Escape');
  await page.getByRole('combobox', { name: 'Filter jobs' }).focus();
  for (let entry = 0; entry < 3; entry += 1) await pressAll(page, 'ArrowDown');
  await until(isInView);
  await close();
});

test('single letters do nothing in a dialog, and nothing at all when they are switched off', async () => {
  const { page, close } = await open({ at: '/jobs' });
  await page.getByRole('link', { name: 'Sync orders', exact: true }).waitFor();
  await pressAll(page, '?');
  await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
  await pressAll(page, 'j', 'g', 'e');
  expect(await rowWithFocus(page).count()).toBe(0);
  await pressAll(page, 'Escape');

  await page.getByRole('button', { name: /^Key: / }).click();
  await page.getByRole('checkbox', { name: 'Letters are shortcuts' }).uncheck();
  await pressAll(page, 'Escape', 'j', '?', 'g', 'e');
  expect(await rowWithFocus(page).count()).toBe(0);
  expect(await page.getByRole('dialog').count()).toBe(0);
  await heading(page, 'Jobs').waitFor();
  await pressAll(page, 'Control+k');
  await page.getByRole('dialog', { name: 'Search' }).waitFor();
  await close();
});
