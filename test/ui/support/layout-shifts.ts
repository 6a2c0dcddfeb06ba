import type { Page } from 'playwright-core';

/** Notes each element that moves on the page, unless a person has just done something. Its text tells which one it is. */
const OBSERVE = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, sources, value } of list.getEntries())
      if (!hadRecentInput)
        window.shifts.push({ value, moved: sources.map(({ node, previousRect: from, currentRect: to }) =>
          [node?.nodeName, (node?.textContent ?? '').slice(0, 60), from.x, from.y, '→', to.x, to.y].join(' ')) });
  }).observe({ type: 'layout-shift', buffered: true });
`;
const TWO_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))';

/** A movement, and what moved. `value` is the share of the page that moved times the distance, as browsers compute it. */
export type Shift = { value: number; moved: string[] };

/**
 * Watches what moves on the next pages. Each answer of the API comes in a frame of its own, so that nothing hides behind answers that
 * happen to come together.
 *
 * @returns a function that reads what has moved on the current page.
 */
export async function watchShifts(page: Page): Promise<() => Promise<Shift[]>> {
  // An open page would still send requests, and they would wait for frames of a closed page.
  await page.goto('about:blank');
  await page.addInitScript(OBSERVE);
  let turn: Promise<unknown> = Promise.resolve();
  await page.route(/\/(?:api\/v1|queue)\//, async (route) => {
    const response = await route.fetch();
    turn = turn.then(() => page.evaluate(TWO_FRAMES));
    await turn;
    await route.fulfill({ response });
  });
  return () => page.evaluate<Shift[]>('window.shifts');
}
