import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Elements change some colours within a moment, and axe would find too little contrast between two of them. */
const COLOURS_HAVE_CHANGED = `Promise.allSettled(
  document.getAnimations().filter((each) => each instanceof CSSTransition).map(({ finished }) => finished)
).then(() => undefined)`;

/**
 * Checks the whole page by axe with all its rules, and returns what breaks them. It asks for violations alone, and so takes half of
 * the time: by default axe describes each element that keeps a rule, too, and moves all of it through a second page.
 *
 * @throws Error if the page has frames, which this way does not look into.
 */
export async function findViolations(page: Page): Promise<string[]> {
  if (page.frames().length > 1) throw new Error('axe would not look into the frames of this page');
  await page.evaluate(COLOURS_HAVE_CHANGED);
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
