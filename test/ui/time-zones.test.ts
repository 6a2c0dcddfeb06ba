import { expect, test } from 'vitest';
import { call, useBrowser } from './support/dashboard.ts';

const open = useBrowser();

test.each([
  ['Europe/Berlin', 'Berlin', /^29 Nov 2090, 13:00:00 CET$/m],
  ['America/New_York', 'New York', /^29 Nov 2090, 07:00:00 GMT-5$/m],
  ['Australia/Lord_Howe', 'Lord Howe', /^29 Nov 2090, 23:00:00 GMT\+11$/m],
])('a person in %s sees times of %s, and of UTC', async (timezoneId, name, own) => {
  const tag = `zone-${name.replace(' ', '-')}`;
  await call('POST', '/api/v1/jobs', {
    name: `Seen in ${name}`,
    tags: [tag],
    schedule: '2090-11-29T12:00:00Z',
    api: 'http://127.0.0.1:9/',
  });
  const { page, close } = await open({ at: `/jobs?tag=${tag}`, timezoneId, locale: 'en-GB' });
  const time = page.locator('tbody time').first();
  await time.waitFor();
  const title = (await time.getAttribute('title')) ?? '';
  expect(title).toMatch(own);
  expect(title).toContain('29 Nov 2090, 12:00:00 UTC');
  expect(await page.getByRole('radio', { name }).isChecked()).toBe(true);
  await close();
});
