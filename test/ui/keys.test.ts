import { expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { makeSendJson } from '../support/send-json.ts';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();
const SOON = { timeoutMs: 60_000, everyMs: 200 };

/** The status of a request with a key. */
const statusWith = async (apiKey: string, path: string): Promise<number> =>
  (await makeSendJson({ address: belfry().address, apiKey, timeoutMs: 30_000 })('GET', path, undefined))
    .status;

test('a key is created with what was chosen, shows once with lines to paste, works, and is revoked', async () => {
  const { page, go, expectAccessible, close } = await open({ at: '/keys' });
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('CI 🚀 مفتاح');
  await dialog.getByRole('checkbox', { name: /^write/ }).check();
  await dialog.getByLabel('Expires').selectOption({ label: 'In 90 days' });
  await dialog.getByLabel('Requests a second').fill('50');
  await dialog.getByLabel('Reason').fill('deploys');
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Create' }).click();
  const key = await dialog.locator('pre').first().innerText();
  expect(key).toMatch(/^bfy_/);
  await dialog.getByText(`Authorization: Bearer ${key}`).waitFor();
  await dialog.getByRole('button', { name: 'I have stored the key' }).click();
  expect(await page.getByText(key).count()).toBe(0);
  const { items } = await call('GET', '/api/v1/keys?limit=200');
  const created = items.find(({ name }: { name: string }) => name === 'CI 🚀 مفتاح');
  expect(created).toMatchObject({ scopes: ['read', 'write'], rateLimitPerSecond: 50, revokedAt: null });
  expect(Math.round((Date.parse(created.expiresAt) - Date.now()) / 86_400_000)).toBe(90);
  expect(await statusWith(key, '/api/v1/jobs?limit=1')).toBe(200);

  await page.getByRole('button', { name: 'Revoke CI 🚀 مفتاح' }).click();
  const question = page.getByRole('dialog', { name: 'Revoke the key CI 🚀 مفتاح' });
  await question.getByLabel('Reason').fill('leaked');
  await question.getByRole('button', { name: 'Revoke' }).click();
  await until(async () => (await statusWith(key, '/api/v1/jobs?limit=1')) === 401, SOON);
  const { rows } = await database.query(
    `select action, reason from audit_log where subject = 'apiKey' and subject_id = $1 order by id`,
    [created.id],
  );
  expect(rows).toEqual([
    { action: 'API_KEY_CREATED', reason: 'deploys' },
    { action: 'API_KEY_REVOKED', reason: 'leaked' },
  ]);
  await go('/keys?ended=shown');
  await page.getByRole('row').filter({ hasText: 'CI 🚀 مفتاح' }).getByText('Revoked').waitFor();
  await close();
});

test('a key of the calendar comes with the address of the calendar, which works', async () => {
  const { page, close } = await open({ at: '/keys' });
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('calendar of the team');
  await dialog.getByRole('checkbox', { name: /^read/ }).uncheck();
  await dialog.getByRole('checkbox', { name: /^calendar/ }).check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  const address = await dialog.locator('pre').nth(1).innerText();
  expect(new URL(address).pathname).toBe('/calendar.ics');
  const response = await fetch(address);
  expect(await response.text()).toContain('BEGIN:VCALENDAR');
  await close();
});

test('a name that another key has is refused at its field', async () => {
  const { page, problems, go, close } = await open();
  await call('POST', '/api/v1/keys', { name: 'taken', scopes: ['read'] });
  await go('/keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('taken');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('alert').getByText('taken').waitFor();
  // The browser itself writes the refused request on the console.
  expect(problems.splice(0).filter((problem) => !problem.includes('409'))).toEqual([]);
  await close();
});

test('the own key is marked, and revoking it signs out', async () => {
  const { id, key } = await call('POST', '/api/v1/keys', { name: 'leaver', scopes: ['read', 'admin'] });
  const { page, close } = await open({ at: '/keys', key });
  await page.getByRole('row').filter({ hasText: 'leaver' }).getByText('Yours').waitFor();
  await page.getByRole('button', { name: 'Revoke leaver' }).click();
  await page.getByText('this signs you out').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const { rows } = await database.query('select name from api_keys where id = $1', [id]);
  expect(rows).toEqual([]);
  await close();
});

test('signing keys are rotated with an overlap, show their secret on demand, and are revoked', async () => {
  const { page, go, expectAccessible, close } = await open();
  const list = async () => (await call('GET', '/api/v1/signing-keys')).items;
  const { length } = await list();
  await go('/keys');
  await page.getByRole('button', { name: 'Rotate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate the signing key' });
  await dialog.getByLabel('Earlier keys').selectOption({ label: 'Sign for another hour' });
  await dialog.getByRole('button', { name: 'Rotate' }).click();
  await until(async () => (await list()).length === length + 1, SOON);
  const [old, latest] = (await list()).slice(-2);
  expect(Math.round((Date.parse(old.expiresAt) - Date.now()) / 60_000)).toBe(60);
  const { secret } = await call('GET', `/api/v1/signing-keys/${latest.id}/secret`);
  expect(await page.getByText(secret).count()).toBe(0);
  await page.getByRole('button', { name: `Show the secret of signing key ${latest.id}` }).click();
  await page.getByText(secret).waitFor();
  await expectAccessible();
  await page.getByRole('button', { name: 'Hide' }).click();
  await page.getByText(secret).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: `Revoke signing key ${old.id}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await until(async () => (await list()).at(-2).revokedAt !== null, SOON);
  await close();
});

test('a key without the scope admin sees no keys and no activity, and the server refuses both', async () => {
  const { key } = await call('POST', '/api/v1/keys', { name: 'no admin', scopes: ['read', 'write'] });
  const { page, go, close } = await open({ key });
  await page.getByRole('link', { name: 'Jobs', exact: true }).waitFor();
  for (const [name, path] of [
    ['Keys', '/keys'],
    ['Activity', '/activity'],
  ] as const) {
    expect(await page.getByRole('link', { name, exact: true }).count()).toBe(0);
    await go(path);
    await page.getByText('This key does not have the scope admin').waitFor();
  }
  for (const path of ['/api/v1/keys', '/api/v1/audit', '/api/v1/signing-keys'])
    expect(await statusWith(key, path)).toBe(403);
  await close();
});
