import { expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { makeSendJson } from '../support/send-json.ts';
import { call, useBrowser } from './support/dashboard.ts';

const open = useBrowser();

/** Changes a job with a key of its own. */
async function changeJob(name: string) {
  const { key, id: keyId } = await call('POST', '/api/v1/keys', {
    name: `${name.slice(0, 20)} 🔑`,
    scopes: ['write'],
  });
  const send = makeSendJson({ address: belfry().address, apiKey: key, timeoutMs: 30_000 });
  const job = { name, schedule: '0 3 * * *', api: 'http://127.0.0.1:9/' };
  const { id } = JSON.parse((await send('POST', '/api/v1/jobs', job)).text);
  await send('PATCH', `/api/v1/jobs/${id}`, { schedule: '0 4 * * *', timeZone: 'Europe/Berlin' });
  return { id: Number(id), keyId: Number(keyId) };
}

test('a change shows field by field with the values before and after, and leads to its job', async () => {
  const name = `<b>تذكير</b> 📦 ${'v'.repeat(170)}`;
  const { id } = await changeJob(name);
  const { page, close } = await open({ at: `/activity?job=${id}` });
  const row = page.getByRole('row').filter({ hasText: 'Job changed' });
  const link = row.getByRole('link', { name: /^<b>تذكير<\/b> 📦 v{100}/ });
  await link.waitFor();
  expect(await row.locator('del').allInnerTexts()).toEqual(['0 3 * * *', 'UTC']);
  expect(await row.locator('ins').allInnerTexts()).toEqual(['0 4 * * *', 'Europe/Berlin']);
  const created = page.getByRole('row').filter({ hasText: 'Job created' });
  await created.getByText(/\d+ fields/).click();
  await created.getByText('http://127.0.0.1:9/').waitFor();
  await link.click();
  await page.waitForURL(new RegExp(`/ui/jobs/${id}`));
  await close();
});

test('the activity is filtered by the name of a key and of an action, and the filter is in the address', async () => {
  const { keyId } = await changeJob('Filtered');
  const { page, go, close } = await open({ at: '/activity' });
  const box = page.getByRole('combobox', { name: 'Filter the activity' });
  await box.fill('by:Filtered');
  await page.getByRole('option', { name: 'Filtered' }).waitFor();
  await box.press('Enter');
  await page.waitForURL(new RegExp(`by=${keyId}`));
  await box.fill('action:Job changed');
  await box.press('Enter');
  await page.waitForURL(/action=JOB_CHANGED/);
  await page.getByText('1 change on this page').waitFor();
  await page.getByRole('button', { name: 'Remove by: Filtered 🔑' }).waitFor();
  await go(`/activity?by=${keyId}&until=2020-01-01T00:00:00Z`);
  await page.getByText('No change fits the filter').waitFor();
  await close();
});
