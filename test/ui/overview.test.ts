import { expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { useBrowser } from './support/dashboard.ts';

const open = useBrowser();

/** Where the labels of instants begin and end in the first chart, which is as wide as `width`, in pixels of the canvas. */
const INK_OF_LABELS = `(() => {
  const canvas = document.querySelector('main canvas');
  const { width, height } = canvas;
  const labels = Math.round(20 * devicePixelRatio);
  const { data } = canvas.getContext('2d').getImageData(0, height - labels, width, labels);
  const hasInk = (x) => Array.from({ length: labels }, (_, y) => data[(y * width + x) * 4 + 3]).some((alpha) => alpha > 0);
  const inked = Array.from({ length: width }, (_, x) => x).filter(hasInk);
  return { first: inked[0], last: inked.at(-1), width };
})()`;

test('the dashboard opens with the overview, whose numbers lead to their lists', async () => {
  const { page, close } = await open({ at: '/' });
  await page.waitForURL(/\/ui\/overview$/);
  await page.getByText('in the last hour').first().waitFor();
  await page.getByRole('link', { name: /^Running/ }).click();
  await page.waitForURL(/\/executions\?status=RUNNING$/);
  await close();
});

test('a chart shows its values as a table of at most 100 rows, for each span', async () => {
  const { page, close } = await open({ at: '/overview' });
  await page.getByRole('button', { name: 'Show as table' }).first().click();
  const rows = page.getByRole('region', { name: 'Outcomes a minute, as a table' }).getByRole('row');
  for (const [label, words] of [
    ['1 h', 'the last hour'],
    ['7 d', 'the last 7 days'],
    ['30 d', 'the last 30 days'],
    ['24 h', 'the last 24 hours'],
  ] as const) {
    await page.getByRole('radio', { name: label, exact: true }).check();
    // Two charts say that no execution ended, before a tick has counted one.
    await page
      .getByText(new RegExp(`ended in ${words}`))
      .first()
      .waitFor();
    expect(await rows.count()).toBeGreaterThan(30);
    expect(await rows.count()).toBeLessThanOrEqual(101);
  }
  await close();
});

const HOUR_MS = 3_600_000;

test.each([
  ['1h', '1m', HOUR_MS, HOUR_MS],
  ['24h', '900', 24 * HOUR_MS, 24 * HOUR_MS],
  ['30d', '28800', 720 * HOUR_MS, 24 * HOUR_MS],
])(
  'an axis of %s that begins and ends at round times has their labels whole',
  async (span, step, lengthMs, roundMs) => {
    const { page, go, close } = await open({ timezoneId: 'UTC' });
    const to = Math.floor(Date.now() / roundMs) * roundMs;
    await page.goto('about:blank');
    // The other statistics of the screen have spans of their own.
    await page.route(/\/api\/v1\/stats/, (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.get('step') !== step) return route.continue();
      url.searchParams.set('from', new Date(to - lengthMs).toISOString());
      url.searchParams.set('to', new Date(to).toISOString());
      return route.continue({ url: url.href });
    });
    await go(`/overview?span=${span}`);
    await page.locator('main canvas').first().waitFor();
    const read = () => page.evaluate<{ first?: number; last?: number; width: number }>(INK_OF_LABELS);
    await until(async () => (await read()).last !== undefined, { timeoutMs: 30_000, everyMs: 100 });
    const { first, last, width } = await read();
    // The label of the last instant is there, and no edge of the drawing cuts a label off.
    expect(last).toBeGreaterThan(width - 40);
    expect(last).toBeLessThan(width - 1);
    expect(first).toBeGreaterThan(0);
    await close();
  },
);
