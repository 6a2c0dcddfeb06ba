import { expect, inject, test } from 'vitest';
import { call, useBrowser } from './support/dashboard.ts';

const open = useBrowser();

test('a link with a key signs in, and the key leaves the address at once', async () => {
  const { page, close } = await open();
  await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
  expect(page.url()).toBe(`${inject('address')}/ui/jobs`);
  expect(await page.getByRole('button', { name: 'Key: admin' }).isVisible()).toBe(true);
  await close();
});

test('a wrong key is refused with what to do, and a right one opens the page that was asked for', async () => {
  const { page, problems, go } = await open({ key: '' });
  await go('/executions?status=FAILED');
  await page.getByLabel('API key').fill('bfy_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This key is not known here').waitFor();
  // The browser itself writes the refused request on the console.
  expect(problems.splice(0).filter((problem) => !problem.includes('401'))).toEqual([]);
  await page.getByLabel('API key').fill(inject('apiKey'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
  expect(page.url()).toContain('status=FAILED');
  expect(problems).toEqual([]);
});

test('signing out forgets the key', async () => {
  const { page, go, close } = await open();
  await page.getByRole('button', { name: 'Key: admin' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await go('/jobs');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await close();
});

test('a key that may only read sees no action, and no box to select rows', async () => {
  const { key } = await call('POST', '/api/v1/keys', { name: 'reader', scopes: ['read'] });
  const { page, close } = await open({ key });
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  expect(await page.getByRole('checkbox', { name: 'Select Sync orders' }).count()).toBe(0);
  await close();
});
