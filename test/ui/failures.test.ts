import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTarget, type Target } from '../support/target.ts';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';
import { WITHIN_A_TICK } from './support/tick.ts';

const open = useBrowser();
const database = useDatabase();
/** More jobs than can be repeated without their number. */
const JOBS = 101;

let target: Target;
let groupId: number;

const runAll = async (ids: readonly number[]) => {
  for (const id of ids) await call('POST', `/api/v1/jobs/${id}/run`);
};

/** Makes a group of failures. One of its jobs has a long name with HTML and two directions of text. */
beforeAll(async () => {
  target = await startTarget();
  target.answerWith(503);
  const jobs = Array.from({ length: JOBS }, (_, index) => ({
    name: index === 0 ? `⏰ تذكير </script> ${'w'.repeat(170)}` : `Export of user ${index}`,
    tags: ['failing-exports'],
    schedule: '@yearly',
    api: `${target.url}/users/${index + 1}/export`,
    maxRetryCount: 0,
  }));
  const { items } = await call('POST', '/api/v1/jobs/batch', { jobs });
  await runAll(items.map(({ id }: { id: number }) => id));
  const host = new URL(target.url).host;
  groupId = await until(async () => {
    const { items: groups } = await call('GET', '/api/v1/failures');
    const found = groups.find((group: { host: string }) => group.host === host);
    return found?.executions === JOBS && found.id;
  }, WITHIN_A_TICK);
}, 180_000);
afterAll(() => target.close());

const ofGroup = async () => call('GET', `/api/v1/failures/${groupId}`);

test('a cause is listed with its place, its counts and its days, and leads to its jobs and a sample', async () => {
  const { page, expectAccessible, close } = await open({ at: '/failures' });
  const row = page.getByRole('row').filter({ hasText: new URL(target.url).host });
  await row.getByText('HTTP 503').waitFor();
  expect(await row.getByRole('cell', { name: String(JOBS), exact: true }).count()).toBe(2);
  await row.getByRole('img', { name: /^101 failed in the last 14 days/ }).waitFor();
  await row.getByRole('link', { name: /users\/\{n\}\/export/ }).click();
  await page.getByRole('heading', { name: '101 jobs' }).waitFor();
  await page.getByText('⏰ تذكير </script>').first().waitFor();
  await expectAccessible();
  await page.getByRole('link', { name: /^Execution \d+ of/ }).click();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  await close();
});

test('an ignored cause can be opened again by hand, and each decision is in the audit log', async () => {
  const { page, go, close } = await open({ at: `/failures/${groupId}` });
  await page.getByRole('button', { name: 'Ignore' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ignore this cause' });
  await dialog.getByLabel('How long').selectOption({ label: 'For 30 days' });
  await dialog.getByLabel('Reason').fill('the provider moves');
  await dialog.getByRole('button', { name: 'Ignore' }).click();
  await page.getByRole('button', { name: 'Reopen' }).waitFor();
  const { state, ignoredUntil } = await ofGroup();
  expect(state).toBe('IGNORED');
  expect(Math.round((Date.parse(ignoredUntil) - Date.now()) / 86_400_000)).toBe(30);
  await go('/failures?state=IGNORED');
  await page.getByRole('link', { name: /users\/\{n\}\/export/ }).click();
  await page.getByRole('button', { name: 'Reopen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reopen' }).click();
  await page.getByRole('button', { name: 'Ignore' }).waitFor();
  const { rows } = await database.query(
    `select action, reason from audit_log where subject = 'failureGroup' and subject_id = $1 order by id`,
    [groupId],
  );
  expect(rows).toEqual([
    { action: 'FAILURES_IGNORED', reason: 'the provider moves' },
    { action: 'FAILURES_REOPENED', reason: null },
  ]);
  await close();
});

test('a redrive of more than 100 executions needs their number, and repeats them at the target', async () => {
  const { page, go, close } = await open();
  target.answerWith(200);
  target.requests.length = 0;
  await go(`/failures/${groupId}`);
  await page.getByRole('button', { name: 'Redrive' }).click();
  const dialog = page.getByRole('dialog', { name: `Redrive ${JOBS} executions` });
  const confirm = dialog.getByRole('button', { name: 'Redrive' });
  await dialog.getByLabel('Executions a second, at most').fill('1000');
  await dialog.getByLabel('Reason').fill('the target is back');
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel(`Type ${JOBS} to continue`).fill(String(JOBS));
  await confirm.click();
  await dialog.getByText(`${JOBS} executions repeated`).waitFor({ timeout: 120_000 });
  await until(() => new Set(target.requests.map(({ path }) => path)).size === JOBS, WITHIN_A_TICK);
  const { rows } = await database.query(
    `select made_by ->> 'reason' as reason from operations where action = 'redrive' order by id desc limit 1`,
  );
  expect(rows).toEqual([{ reason: 'the target is back' }]);
  await close();
});

test('a resolved cause has nothing to repeat, and its next failure opens it again by itself', async () => {
  const { page, go, close } = await open();
  await until(async () => {
    const path = `/api/v1/failures/${groupId}/redrive`;
    return (await call('POST', path, { dryRun: true })).matched.count === 0;
  }, WITHIN_A_TICK);
  await go(`/failures/${groupId}`);
  await page.getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
  await until(async () => (await ofGroup()).state === 'RESOLVED', WITHIN_A_TICK);
  await page.getByRole('button', { name: 'Redrive' }).click();
  await page.getByText('No job of this cause is left').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  target.answerWith(503);
  const { failedJobs } = await ofGroup();
  await runAll([failedJobs[0].jobId]);
  await until(async () => (await ofGroup()).state === 'OPEN', WITHIN_A_TICK);
  await page.getByText('Reopened').waitFor();
  await close();
});

test('a key that may only read sees causes and no action', async () => {
  const { key } = await call('POST', '/api/v1/keys', { name: 'reader of failures', scopes: ['read'] });
  const { page, close } = await open({ at: `/failures/${groupId}`, key });
  await page.getByRole('heading', { name: 'Cause' }).waitFor();
  for (const name of ['Redrive', 'Ignore', 'Resolve', 'Reopen'])
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  await close();
});

test('all jobs of a cause are listed, page by page', async () => {
  const { page, close } = await open({ at: `/failures/${groupId}` });
  await page.getByRole('heading', { name: '101 jobs' }).waitFor();
  await page.getByText('20 jobs on this page').waitFor();
  const seen = new Set<string>();
  const read = async () => {
    for (const text of await page.locator('tbody th').allInnerTexts()) seen.add(text);
  };
  await read();
  for (const count of [20, 20, 20, 20, 1]) {
    const before = await page.locator('tbody th').first().innerText();
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await until(async () => (await page.locator('tbody th').first().innerText()) !== before, {
      timeoutMs: 20_000,
    });
    await page.getByText(`${count} ${count === 1 ? 'job' : 'jobs'} on this page`).waitFor();
    await read();
  }
  expect(seen.size).toBe(JOBS);
  await page.waitForURL(/cursor=/);
  await close();
});
