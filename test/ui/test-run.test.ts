import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTarget, type Target } from '../support/target.ts';
import { useBrowser } from './support/dashboard.ts';

const open = useBrowser();

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.close());

/** Sends the request of a new job for the target, and returns the dialog with the exchange. */
async function testRun(page: Page, url = target.url) {
  await page.getByRole('textbox', { name: 'URL' }).fill(url);
  await page.getByRole('button', { name: 'Test run' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test run' });
  await dialog.getByRole('button', { name: 'Send the request' }).click();
  await dialog.getByRole('heading', { name: 'Attempt 1' }).waitFor();
  return dialog;
}

test('a test run shows the request as it was sent and the answer, without a secret', async () => {
  target.answerWith({ status: 200, headers: { 'x-served-by': 'a/1' }, body: '{"id":9007199254740993}' });
  const { page, expectAccessible, close } = await open({ at: '/jobs/new' });
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.getByRole('textbox', { name: 'Name of header 1' }).fill('Authorization');
  await page.getByRole('textbox', { name: 'Value of header 1' }).fill('Bearer s3cret');
  await page.getByRole('radio', { name: 'JSON' }).check();
  await page.getByRole('textbox', { name: 'JSON' }).fill('{"kind": "</script>"}');
  const dialog = await testRun(page);
  const sent = target.requests.at(-1);
  const request = dialog.getByRole('region', { name: 'Request' });
  for (const name of ['idempotency-key', 'x-belfry-execution-id', 'x-belfry-trigger', 'content-type'])
    await request
      .getByRole('definition')
      .getByText(String(sent?.headers[name]), { exact: true })
      .first()
      .waitFor();
  expect(await request.getByLabel('Body', { exact: true }).innerText()).toBe(sent?.body);
  expect(sent?.headers.authorization).toBe('Bearer s3cret');
  await request.getByText('[secret]').waitFor();
  expect(await dialog.getByText('s3cret').count()).toBe(0);
  await dialog.getByText('Succeeded').first().waitFor();
  await dialog.getByText('9007199254740993').waitFor();
  await dialog.getByText(/header fields$/).click();
  await dialog.getByText('a/1').waitFor();
  await expectAccessible();
  await close();
});

test('a test run shows a redirect, which is not followed, with the address that it leads to', async () => {
  target.answerWith({ status: 302, headers: { location: 'https://example.com/elsewhere' } });
  const { page, close } = await open({ at: '/jobs/new' });
  const dialog = await testRun(page);
  await dialog.getByRole('definition').getByText('302', { exact: true }).waitFor();
  await dialog.getByText(/header fields?$/).click();
  await dialog.getByText('https://example.com/elsewhere').waitFor();
  await close();
});

test('a test run shows the start of a large answer, and that the rest was not read', async () => {
  target.answerWith({ status: 200, body: 'x'.repeat(1_048_576) });
  const { page, close } = await open({ at: '/jobs/new' });
  const dialog = await testRun(page);
  await dialog.getByText('more than 65,536 bytes, the first 4,096 are kept').waitFor();
  expect(await dialog.locator('details pre').innerText()).toBe('x'.repeat(4_096));
  await close();
});

test('a test run shows an answer that is not text in base64', async () => {
  const body = Buffer.from([0, 255, 254, 128, 10]);
  target.answerWith({ status: 200, headers: { 'content-type': 'application/octet-stream' }, body });
  const { page, close } = await open({ at: '/jobs/new' });
  const dialog = await testRun(page);
  await dialog.getByText('Body: 5 bytes, shown in base64').waitFor();
  await dialog.getByText(body.toString('base64')).waitFor();
  await close();
});

test('a test run whose target never answers ends by the timeout of the form', async () => {
  target.answerWith('hang');
  const { page, close } = await open({ at: '/jobs/new' });
  await page.getByText('At least once, 3 retries').click();
  await page.getByLabel('Timeout in ms').fill('300');
  const dialog = await testRun(page);
  await dialog
    .getByText(/300 ms/)
    .first()
    .waitFor();
  await dialog.getByText('Failed').first().waitFor();
  target.cut();
  await close();
});

test('a test run whose target cannot be reached says so', async () => {
  const { page, close } = await open({ at: '/jobs/new' });
  const dialog = await testRun(page, 'http://127.0.0.1:1/');
  await dialog
    .getByText(/ECONNREFUSED|refused/)
    .first()
    .waitFor();
  await close();
});
