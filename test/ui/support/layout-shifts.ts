import type { Page } from 'playwright-core';

/** Notes each element that moves on the page, unless a person has just done something. Its text tells which one it is. */
const OBSERVE = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput)
        window.shifts.push(...sources.map(({ node, previousRect, currentRect }) =>
          [node?.nodeName, (node?.textContent ?? '').slice(0, 60), JSON.stringify(previousRect), JSON.stringify(currentRect)].join(' ')));
  }).observe({ type: 'layout-shift', buffered: true });
`;
const TWO_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))';

/**
 * Watches what moves on the next pages. Each answer of the API comes in a frame of its own, so that nothing hides behind answers that
 * happen to come together.
 *
 * @returns a function that reads what has moved on the present page.
 */
export async function watchShifts(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(OBSERVE);
  let turn: Promise<unknown> = Promise.resolve();
  await page.route(/\/(?:api\/v1|queue)\//, async (route) => {
    const response = await route.fetch();
    turn = turn.then(() => page.evaluate(TWO_FRAMES));
    await turn;
    await route.fulfill({ response });
  });
  return () => page.evaluate<string[]>('window.shifts');
}
