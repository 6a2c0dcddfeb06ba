import { expect, onTestFinished, test } from 'vitest';
import { startTarget } from '../support/target.ts';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';

const open = useBrowser();

/** A job whose only execution has failed with an answer of its target. */
async function failOnce(body: string) {
  const target = await startTarget();
  onTestFinished(() => target.close());
  target.answerWith({ status: 500, headers: { 'content-type': 'application/json' }, body });
  const job = await call('POST', '/api/v1/jobs', {
    name: 'Fails once',
    schedule: '2091-05-01T12:00:00Z',
    api: `${target.url}/hook`,
    maxRetryCount: 0,
  });
  const { id } = await call('POST', `/api/v1/jobs/${job.id}/run`);
  await until(async () => (await call('GET', `/api/v1/executions/${id}`)).status === 'FAILED', {
    timeoutMs: 30_000,
    everyMs: 200,
  });
  return { target, job, id };
}

test('a failed execution says what happened, and shows the answer as it was sent', async () => {
  const { id } = await failOnce('{"id":9007199254740993,"html":"</script><b>bold</b>"}');
  const { page, close } = await open({ at: `/executions/${id}`, timezoneId: 'Europe/Berlin' });
  await page.getByRole('heading', { name: `Execution ${id}`, level: 1 }).waitFor();
  await page.getByText('Attempt 1 failed after').waitFor();
  await page.getByText('9007199254740993').waitFor();
  await page.getByText('"</script><b>bold</b>"').waitFor();
  expect(await page.locator('main b').count()).toBe(0);
  await page.getByRole('img', { name: /Wait/ }).waitFor();
  await close();
});

test('a retry sends the request again, and leads to its execution', async () => {
  const { id, target } = await failOnce('{}');
  target.answerWith(200);
  const { page, close } = await open({ at: `/executions/${id}` });
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
  await page.getByText(`repeats execution ${id}`).first().waitFor();
  await page.waitForURL((url) => /\/executions\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${id}`));
  await page.getByText('It succeeded at').waitFor();
  expect(target.requests).toHaveLength(2);
  await close();
});

test('an execution that waits for a retry is cancelled', async () => {
  const target = await startTarget();
  onTestFinished(() => target.close());
  target.answerWith(500);
  const job = await call('POST', '/api/v1/jobs', {
    name: 'Retries late',
    schedule: '2091-05-01T12:00:00Z',
    api: target.url,
    retry: { delaysSeconds: [3600], jitter: 0 },
  });
  const { id } = await call('POST', `/api/v1/jobs/${job.id}/run`);
  const { page, close } = await open({ at: `/executions/${id}` });
  await page.getByText('Retrying').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByText('It was cancelled at').waitFor();
  expect(await call('GET', `/api/v1/executions/${id}`)).toMatchObject({ status: 'CANCELLED' });
  await close();
});

test('the list shows new executions by itself, and holds still while a row has the focus', async () => {
  const job = await call('POST', '/api/v1/jobs', {
    name: 'Tailed',
    schedule: '2091-05-01T12:00:00Z',
    api: 'http://127.0.0.1:1/',
    maxRetryCount: 0,
  });
  const run = () => call('POST', `/api/v1/jobs/${job.id}/run`);
  await run();
  const { page, go, close } = await open();
  await page.getByRole('combobox', { name: 'Refresh' }).selectOption('2');
  await go(`/executions?job=${job.id}`);
  const rows = page.locator('tbody tr:not([aria-hidden])');
  await until(async () => (await rows.count()) === 1, { timeoutMs: 30_000 });
  await run();
  await until(async () => (await rows.count()) === 2, { timeoutMs: 30_000 });
  await page.keyboard.press('j');
  await run();
  await page.getByRole('button', { name: '1 new' }).waitFor();
  expect(await rows.count()).toBe(2);
  await page.getByRole('button', { name: '1 new' }).click();
  await until(async () => (await rows.count()) === 3, { timeoutMs: 30_000 });
  // The button is gone, and the focus is not at the top of the page.
  expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Executions');
  await close();
});

/** A job that only runs on request, and fails at once. */
const runByHand = async (name: string): Promise<{ id: number; run: () => Promise<unknown> }> => {
  const { id } = await call('POST', '/api/v1/jobs', {
    name,
    schedule: '2091-05-01T12:00:00Z',
    api: 'http://127.0.0.1:1/',
    maxRetryCount: 0,
  });
  return { id, run: () => call('POST', `/api/v1/jobs/${id}/run`) };
};

test('the list holds still while text of it is selected, and continues when it is not', async () => {
  const { id, run } = await runByHand('Tailed and selected');
  await run();
  const { page, go, close } = await open();
  await page.getByRole('combobox', { name: 'Refresh' }).selectOption('2');
  await go(`/executions?job=${id}`);
  const rows = page.locator('tbody tr:not([aria-hidden])');
  await until(async () => (await rows.count()) === 1, { timeoutMs: 30_000 });
  await rows
    .getByRole('link', { name: 'Tailed and selected' })
    .evaluate((link) => link.ownerDocument.getSelection()?.selectAllChildren(link));
  await run();
  await page.getByRole('button', { name: '1 new' }).waitFor();
  expect(await rows.count()).toBe(1);
  await page.evaluate('getSelection().removeAllRanges()');
  await until(async () => (await rows.count()) === 2, { timeoutMs: 30_000 });
  await close();
});

test('a page that is hidden reads nothing, and reads again when it shows', async () => {
  const { id, run } = await runByHand('Tailed and hidden');
  await run();
  const { page, go, close } = await open();
  // On a page that is open, the clock would begin in 1970.
  await page.goto('about:blank');
  await page.clock.install({ time: new Date() });
  await go(`/executions?job=${id}`);
  const rows = page.locator('tbody tr:not([aria-hidden])');
  await until(async () => (await rows.count()) === 1, { timeoutMs: 30_000 });
  await page.waitForLoadState('networkidle');
  const turn = (state: string) =>
    page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
      document.dispatchEvent(new Event('visibilitychange'));
      window.dispatchEvent(new Event('visibilitychange'));
    `);
  await turn('hidden');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.clock.runFor(60_000);
  expect(requests).toEqual([]);
  await run();
  await turn('visible');
  await until(async () => (await rows.count()) === 2, { timeoutMs: 30_000 });
  await close();
});
