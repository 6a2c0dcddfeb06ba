import { expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { call, useBrowser } from './support/dashboard.ts';

const open = useBrowser();

test('a link with a key signs in, and the key leaves the address at once', async () => {
  const { page, close } = await open();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  expect(page.url()).toBe(`${belfry().address}/ui/overview`);
  expect(await page.getByRole('button', { name: 'Key: admin' }).isVisible()).toBe(true);
  await close();
});

test('a link with a key signs in also where the page is open already, with the key that it has', async () => {
  const { key } = await call('POST', '/api/v1/keys', { name: 'in a link', scopes: ['read'] });
  const { page, go, close } = await open({ key: '' });
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  // Only the fragment of the address changes, so the browser does not load the page again by itself.
  await go(`/#key=${belfry().apiKey}`);
  await page.getByRole('button', { name: 'Key: admin' }).waitFor();
  expect(page.url()).toBe(`${belfry().address}/ui/overview`);
  await go(`/overview#key=${key}`);
  await page.getByRole('button', { name: 'Key: in a link' }).waitFor();
  expect(page.url()).toBe(`${belfry().address}/ui/overview`);
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
  await page.getByLabel('API key').fill(belfry().apiKey);
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
  const { page, close } = await open({ at: '/jobs', key });
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  expect(await page.getByRole('checkbox', { name: 'Select Sync orders' }).count()).toBe(0);
  await close();
});

test.each(['/jobs/new', '/jobs/1/edit'])(
  'a key that may only read does not see the form at %s',
  async (at) => {
    const { key } = await call('POST', '/api/v1/keys', { name: `reader of ${at}`, scopes: ['read'] });
    const { page, close } = await open({ at, key });
    await page.getByText('This key does not have the scope write').waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
    await close();
  },
);

test.each([
  ['write', 'This key does not have the scope read', ['API docs']],
  ['calendar', 'This key does not have the scope read', ['API docs']],
  ['admin', 'This key does not have the scope read', ['Activity', 'Keys', 'API docs']],
])(
  'a key with the scope %s alone sees only its screens, and no request is refused',
  async (scope, title, links) => {
    const { key } = await call('POST', '/api/v1/keys', { name: `only ${scope}`, scopes: [scope] });
    const { page, close } = await open({ key });
    await page.getByText(title).waitFor();
    const shown = await page.getByRole('navigation', { name: 'Screens' }).getByRole('link').allInnerTexts();
    expect(shown.map((text) => text.trim())).toEqual(links);
    await close();
  },
);

test('a key that is revoked while the page is open leads back to the sign-in, with the reason', async () => {
  const { key, id } = await call('POST', '/api/v1/keys', { name: 'short-lived', scopes: ['read'] });
  const { page, problems } = await open({ at: '/jobs', key });
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  await call('DELETE', `/api/v1/keys/${id}`);
  await page.getByText('The key is no longer valid').waitFor();
  // The browser itself writes the refused requests on the console.
  expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
});

test('a deployment with a usage plan asks for its second key, and sends both from then on', async () => {
  const { page, problems, close } = await open({ key: '' });
  // API Gateway refuses a request without the key of a usage plan by this answer, before it reaches Belfry.
  await page.route(/\/(?:api\/v1|queue)\//, (route) =>
    route.request().headers()['x-api-key'] === 'of-the-plan'
      ? route.continue()
      : route.fulfill({ status: 403, contentType: 'application/json', body: '{"message":"Forbidden"}' }),
  );
  await page.getByLabel('API key').fill(belfry().apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('A deployment with a usage plan needs its own key as well').waitFor();
  await page.getByLabel('Key of the usage plan').and(page.locator(':focus')).fill('of-the-plan');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('in the last hour').first().waitFor();
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  // The browser itself writes the refused request on the console.
  expect(problems.splice(0).filter((problem) => !problem.includes('403'))).toEqual([]);
  await close();
});

test('the link to the content sets the focus there, and keeps the address', async () => {
  const { page, close } = await open({ at: '/jobs' });
  await page.getByRole('link', { name: 'Sync orders' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate<string>('document.activeElement.id')).toBe('main');
  expect(new URL(page.url()).pathname).toBe('/ui/jobs');
  await close();
});
