import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { call, useBrowser } from './support/dashboard.ts';

const open = useBrowser();
/** Longer than a message about a success stays. */
const LONG_MS = 20_000;

/** Leaves the page first, because its clock is at 1970 for a moment, and the overview would request statistics of that time. */
async function installClock(page: Page): Promise<void> {
  await page.goto('about:blank');
  await page.clock.install({ time: Date.now() - LONG_MS });
}

test('a message about a success stays while it has the focus, and gives the focus back when it is closed', async () => {
  const { page, go, expectAccessible, close } = await open({ permissions: ['clipboard-write'] });
  const { items } = await call('GET', '/api/v1/executions?limit=1');
  await installClock(page);
  await go(`/executions/${items[0].id}`);
  const copy = page.getByRole('button', { name: 'Copy as Markdown' });
  await copy.click();
  const region = page.getByRole('region', { name: 'Messages' });
  await region.getByText('Copied').waitFor();
  await expectAccessible();
  await copy.focus();
  await region.getByRole('button', { name: 'Close' }).focus();
  await page.clock.fastForward(LONG_MS);
  expect(await region.getByText('Copied').count()).toBe(1);
  await page.keyboard.press('Escape');
  await region.getByText('Copied').waitFor({ state: 'detached' });
  expect(await page.locator(':focus').textContent()).toBe('Copy as Markdown');
  await close();
});

test('a message appears over an open dialog, and closes after a while', async () => {
  const { page, go, close } = await open({ permissions: ['clipboard-write'] });
  await installClock(page);
  await go('/jobs/1');
  await page.getByRole('button', { name: 'Copy as …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Copy the command' }).click();
  const message = page.getByRole('region', { name: 'Messages' }).getByText('Copied');
  await message.waitFor();
  await page.mouse.move(0, 0);
  await page.clock.fastForward(LONG_MS);
  await message.waitFor({ state: 'detached' });
  await page.getByRole('dialog').waitFor();
  await close();
});
