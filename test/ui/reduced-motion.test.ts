import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from './support/dashboard.ts';

const open = useBrowser();

/** Records the kinds of animations that last longer than two frames. Runs in the page. */
const RECORD_MOTION = `
  globalThis.motions = new Set();
  for (const event of ['animationstart', 'transitionrun'])
    document.addEventListener(event, () => {
      for (const animation of document.getAnimations()) {
        const { duration, iterations } = animation.effect.getComputedTiming();
        if (duration * iterations > 30) motions.add(animation.constructor.name);
      }
    }, true);`;

/** Waits for a list whose answer does not come, moves the pointer over a button, and opens the palette. */
async function moveEverything(page: Page): Promise<string[]> {
  await page.evaluate(RECORD_MOTION);
  const held = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/jobs\?.*tag=import/, async (route) => {
    await held.promise;
    await route.continue();
  });
  const started = page.evaluate(
    `new Promise((resolve) => document.addEventListener('animationstart', resolve, { once: true })).then(() => true)`,
  );
  const filter = page.getByRole('combobox', { name: 'Filter jobs' });
  await filter.fill('tag:import');
  await filter.press('Enter');
  expect(await started).toBe(true);
  await page.getByRole('link', { name: 'New job' }).hover();
  held.resolve();
  await page.locator('table[aria-busy="false"]').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  return page.evaluate<string[]>('[...motions].toSorted()');
}

test.each([
  { reducedMotion: 'no-preference', kinds: ['CSSAnimation', 'CSSTransition'] },
  { reducedMotion: 'reduce', kinds: [] },
] as const)('with the setting $reducedMotion, the page moves by $kinds', async ({ reducedMotion, kinds }) => {
  const { page, go, close } = await open({ reducedMotion });
  await go('/jobs');
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  expect(await moveEverything(page)).toEqual(kinds);
  await close();
});
