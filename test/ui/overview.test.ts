import { expect, test } from 'vitest';
import { useBrowser } from './support/dashboard.ts';

const open = useBrowser();

test('the dashboard opens with the overview, whose numbers lead to their lists', async () => {
  const { page, go, close } = await open();
  await go('/');
  await page.waitForURL(/\/ui\/overview$/);
  await page.getByText('in the last hour').first().waitFor();
  await page.getByRole('link', { name: /^Running/ }).click();
  await page.waitForURL(/\/executions\?status=RUNNING$/);
  await close();
});

test('a chart shows its values as a table of at most 100 rows, for each span', async () => {
  const { page, go, close } = await open();
  await go('/overview');
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
