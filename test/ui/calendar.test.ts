import { expect, test } from 'vitest';
import { useBrowser } from './support/dashboard.ts';

const open = useBrowser();

test('an hour of the week map leads to its minutes, and a minute to its jobs', async () => {
  const { page, close } = await open({ at: '/calendar', timezoneId: 'UTC' });
  await page.getByRole('grid').first().getByRole('link').nth(30).click();
  await page.waitForURL(/hour=/);
  await page.getByRole('grid').nth(1).getByRole('link').first().click();
  await page.waitForURL(/minute=/);
  await page.getByRole('heading', { name: /^\d\d:\d\d · \d+ runs?$/ }).waitFor();
  await close();
});

test('a day on which the clock is set back has 25 hours, and one on which it is set forward has 23', async () => {
  const { page, go, close } = await open({ at: '/calendar?from=2031-10-24', timezoneId: 'Europe/Berlin' });
  await page.getByText('25 hours').waitFor();
  expect(await page.getByRole('rowheader', { name: '02:00 again' }).count()).toBe(1);
  await go('/calendar?from=2031-03-28');
  await page.getByText('23 hours').waitFor();
  expect(await page.getByText('skipped').count()).toBe(1);
  await close();
});
