import { expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

const echo = (): string => `${belfry().address}/_local/echo`;
const newJob = async (fields: object): Promise<{ id: number }> =>
  call('POST', '/api/v1/jobs', { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', api: echo(), ...fields });

test('errors of the API show at their fields, and nothing is created', async () => {
  const { page, problems, close } = await open({ at: '/jobs/new' });
  await page.getByRole('textbox', { name: 'Schedule' }).fill('61 * * * *');
  await page.getByText(/minute 61; minutes go from 0 to 59/).waitFor();
  await page.getByRole('textbox', { name: 'URL' }).fill('ftp://example.com');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Never made');
  await page.getByRole('button', { name: 'Create the job' }).click();
  await page.getByText(/must be an http or https URL/).waitFor();
  expect(await page.getByRole('textbox', { name: 'URL' }).getAttribute('aria-invalid')).toBe('true');
  // The first wrong field has the focus, and is in view.
  const schedule = page.getByRole('textbox', { name: 'Schedule' });
  await schedule.and(page.locator(':focus')).waitFor();
  expect((await schedule.boundingBox())?.y).toBeGreaterThan(0);
  const { rows } = await database.query(`select id from jobs where name = 'Never made'`);
  expect(rows).toEqual([]);
  // The browser reports refused requests on the console, also when the page handles them.
  expect(problems.filter((problem) => !problem.includes('400'))).toEqual([]);
  problems.length = 0;
  await close();
});

test('a key that another job has is an error that comes into view, and the form keeps what was typed', async () => {
  await newJob({ name: 'First', key: 'taken/key' });
  const { page, problems, close } = await open({ at: '/jobs/new', viewport: { width: 1_280, height: 600 } });
  await page.getByRole('textbox', { name: 'Schedule' }).fill('@daily');
  await page.getByRole('textbox', { name: 'URL' }).fill(echo());
  await page.getByRole('textbox', { name: 'Description' }).fill('second');
  const key = page.getByRole('textbox', { name: 'Key', exact: true });
  await key.fill('taken/key');
  await page.getByText('At least once, 3 retries').click();
  await page.getByRole('textbox', { name: 'Timeout in ms' }).focus();
  await page.getByRole('button', { name: 'Create the job' }).click();
  await page.getByText(/"taken\/key" is the key of job \d+/).waitFor();
  await key.and(page.locator(':focus')).waitFor();
  const { y = -1, height = 0 } = (await key.boundingBox()) ?? {};
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y + height).toBeLessThan(600);
  expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('second');
  expect(problems.filter((problem) => !problem.includes('409'))).toEqual([]);
  problems.length = 0;
  await close();
});

test('a pasted curl command fills the form, and options without a field are named', async () => {
  const { page, close } = await open({ at: '/jobs/new' });
  await page.getByRole('button', { name: 'Paste a curl command' }).click();
  await page
    .getByRole('textbox', { name: 'Command' })
    .fill(`curl -k -X PUT '${echo()}?x=1' -H 'X-Tag: a' --json '{"a": 1}'`);
  await page.getByText('Not taken over: -k').waitFor();
  await page.getByRole('button', { name: 'Fill the form' }).click();
  await page.getByRole('textbox', { name: 'Schedule' }).fill('@daily');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Made of curl');
  await page.getByRole('button', { name: 'Create the job' }).click();
  await page.getByRole('heading', { name: 'Made of curl', exact: true }).waitFor();
  const { items } = await call('GET', `/api/v1/jobs?text=${encodeURIComponent('Made of curl')}&include=body`);
  expect(items).toMatchObject([
    {
      method: 'PUT',
      api: `${echo()}?x=1`,
      headers: { 'X-Tag': 'a', Accept: 'application/json' },
      body: { a: 1 },
    },
  ]);
  await close();
});

test('a test run shows the exchange, and leaves no job', async () => {
  const { page, expectAccessible, close } = await open({ at: '/jobs/new' });
  await page.getByRole('textbox', { name: 'URL' }).fill(`${echo()}?status=418`);
  await page.getByRole('button', { name: 'Test run' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test run' });
  await dialog.getByRole('button', { name: 'Send the request' }).click();
  await dialog.getByRole('heading', { name: 'Attempt 1' }).waitFor();
  await dialog.getByRole('definition').getByText('418', { exact: true }).waitFor();
  await expectAccessible();
  const { rows } = await database.query<{ is_deleted: boolean; is_active: boolean }>(
    `select deleted_at is not null as is_deleted, is_active from jobs where name = 'Test run'`,
  );
  expect(rows).toEqual([{ is_deleted: true, is_active: false }]);
  await close();
});

test('a time that many jobs share is named with a quieter minute, which one press takes', async () => {
  const { page, close } = await open({ at: '/jobs/new', timezoneId: 'Europe/Berlin' });
  const schedule = page.getByRole('textbox', { name: 'Schedule' });
  await schedule.fill('30 2 * * *');
  await page.getByText(/\d+ other runs at 02:30; .* at 02:(29|31)/).waitFor();
  await page.getByRole('button', { name: /^Use 02:/ }).click();
  expect(await schedule.inputValue()).toMatch(/^(29|31) 2 \* \* \*$/);
  await close();
});

test('a creation and a run whose answers are lost are sent again from the page, and are done once', async () => {
  const { page, problems, go, close } = await open();
  /** The server does what it is asked, and its first answer does not arrive. */
  const loseAnswer = (path: RegExp) =>
    page.route(
      path,
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
  await go('/jobs/new');
  await page.getByRole('textbox', { name: 'Schedule' }).fill('@yearly');
  await page.getByRole('textbox', { name: 'URL' }).fill(echo());
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Made once');
  await loseAnswer(/\/api\/v1\/jobs$/);
  const create = page.getByRole('button', { name: 'Create the job' });
  await create.click();
  await page.getByText('Belfry does not answer').waitFor();
  await create.click();
  await page.getByRole('heading', { name: 'Made once', exact: true }).waitFor();
  await loseAnswer(/\/run$/);
  await page.getByRole('button', { name: 'Run now' }).click();
  const dialog = page.getByRole('dialog', { name: 'Run now' });
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await dialog.getByText('Belfry does not answer').waitFor();
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const { rows } = await database.query<{ id: number; runs: number }>(
    `select j.id, (select count(*)::integer from job_executions e where e.job_id = j.id) as runs from jobs j
      where j.name = 'Made once'`,
  );
  expect(rows).toMatchObject([{ runs: 1 }]);
  expect(problems.filter((problem) => !problem.includes('ERR_FAILED'))).toEqual([]);
  problems.length = 0;
  await close();
});

test('a copy begins with the fields of a job, without its key and its secrets', async () => {
  const { id } = await newJob({
    name: 'Original',
    key: 'original',
    headers: { Authorization: 'Bearer x' },
    timeoutMs: 5_000,
    isTraced: false,
    deleteFinishedAfterDays: null,
  });
  const { page, close } = await open({ at: `/jobs/${id}` });
  await page.getByRole('link', { name: 'Duplicate' }).click();
  await page.getByText('A copy of “Original”').waitFor();
  expect(await page.getByRole('textbox', { name: 'Value of header 1' }).inputValue()).toBe('');
  await page.getByRole('textbox', { name: 'Value of header 1' }).fill('Bearer y');
  await page.getByRole('button', { name: 'Create the job' }).click();
  await page.getByRole('heading', { name: 'Original (copy)', exact: true }).waitFor();
  const { items } = await call('GET', '/api/v1/jobs?text=Original%20(copy)');
  expect(items).toMatchObject([
    { key: null, timeoutMs: 5_000, schedule: '30 2 * * *', isTraced: false, deleteFinishedAfterDays: null },
  ]);
  await close();
});

test('the rules of retries and success have fields of their own, with their errors next to them', async () => {
  const { page, problems, expectAccessible, close } = await open({ at: '/jobs/new' });
  await page.getByRole('textbox', { name: 'Schedule', exact: true }).fill('@daily');
  await page.getByRole('textbox', { name: 'URL' }).fill(echo());
  await page.getByRole('textbox', { name: 'Name' }).fill('With rules');
  await page.getByText('At least once, 3 retries').click();
  await page.getByLabel('Waits between attempts').selectOption('backoff');
  await page.getByLabel('Factor').fill('99');
  await page.getByLabel('No retry after the statuses').fill('404, 5xx');
  await page.getByLabel('Statuses of success').fill('2xx, 409');
  await page.getByLabel('Text that the response must have').fill('ok');
  await page.getByRole('button', { name: 'Create the job' }).click();
  await page.getByText('must be a number from 1 to 10').waitFor();
  // The browser notes the refusal on its console.
  problems.splice(0);
  expect(await page.getByLabel('Factor').getAttribute('aria-invalid')).toBe('true');
  await expectAccessible();
  await page.getByLabel('Waits between attempts').selectOption('delays');
  await page.getByLabel('Waits in s').fill('5, 60');
  await page.getByRole('button', { name: 'Create the job' }).click();
  await page.getByRole('heading', { name: 'With rules', exact: true }).waitFor();
  const { rows } = await database.query(
    `select retry, stop_on as "stopOn", success, max_retry_count as "maxRetryCount" from jobs where name = 'With rules'`,
  );
  expect(rows).toMatchObject([
    {
      retry: { delaysSeconds: [5, 60] },
      stopOn: [404, '5xx'],
      success: { statuses: ['2xx', 409], contains: 'ok' },
      maxRetryCount: 2,
    },
  ]);
  await close();
});

test('a form that cannot test with stored secrets leads to a run of the stored job, which has them', async () => {
  const { id } = await newJob({ name: 'With a secret', headers: { Authorization: 'Bearer s3cret' } });
  const { page, go, close } = await open({ at: `/jobs/new?from=${id}` });
  await page.getByRole('button', { name: 'Test run' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test run' });
  await dialog.getByRole('link', { name: 'Run the stored job now' }).click();
  await page
    .getByRole('dialog', { name: 'Run now' })
    .getByRole('button', { name: 'Run', exact: true })
    .click();
  const succeeded = async () =>
    (await database.query(`select from job_executions where job_id = $1 and status = 'SUCCESS'`, [id]))
      .rowCount === 1;
  await until(succeeded, { timeoutMs: 30_000 });
  await go(`/jobs/${id}/edit`);
  await page.getByRole('link', { name: 'Run the stored job now' }).click();
  await page.getByRole('dialog', { name: 'Run now' }).waitFor();
  await close();
});
