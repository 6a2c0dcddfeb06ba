import { expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

const echo = (): string => `${belfry().address}/_local/echo`;
const newJob = async (fields: object): Promise<{ id: number }> =>
  call('POST', '/api/v1/jobs', { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', api: echo(), ...fields });

test('a test run of an edit sends what the form has, and stores nothing', async () => {
  const { id } = await newJob({ name: 'Tested before', api: `${echo()}?status=200` });
  const { page, close } = await open({ at: `/jobs/${id}/edit` });
  await page.getByRole('textbox', { name: 'URL' }).fill(`${echo()}?status=418`);
  await page.getByRole('button', { name: 'Test run' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test run' });
  await dialog.getByRole('button', { name: 'Send the request' }).click();
  await dialog.getByRole('definition').getByText('418', { exact: true }).waitFor();
  expect(await call('GET', `/api/v1/jobs/${id}`)).toMatchObject({
    api: `${echo()}?status=200`,
    lastOutcome: null,
  });
  await close();
});

test('an edit shows the gained and lost times, and saves only the fields that changed', async () => {
  const { id } = await newJob({
    name: 'Moved',
    headers: { Authorization: 'Bearer kept' },
    retry: { delaysSeconds: [1] },
  });
  const { page, close } = await open({ at: `/jobs/${id}/edit` });
  await page.getByRole('textbox', { name: 'Schedule' }).fill('30 3 * * *');
  await page.getByText('7 gained, 7 lost').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Moved', exact: true }).waitFor();
  const audit = await call('GET', `/api/v1/audit?jobId=${id}&limit=1`);
  expect(Object.keys(audit.items[0].after)).toEqual(['schedule']);
  await close();
});

test('an edit says which executions are dispatched already, and saving takes them back', async () => {
  const { id } = await newJob({ name: 'Dispatched', schedule: '* * * * *' });
  const { page, close } = await open({ at: `/jobs/${id}/edit` });
  await page.getByRole('textbox', { name: 'Schedule' }).fill('30 3 1 1 *');
  await page.getByText(/(?:is|are) dispatched already, and will be taken back/).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Dispatched', exact: true }).waitFor();
  const { rows } = await database.query<{ status: string }>(
    `select distinct status from job_executions where job_id = $1 and execution_time > now() + interval '5 seconds'`,
    [id],
  );
  expect(rows.map(({ status }) => status)).not.toContain('SCHEDULED');
  await close();
});

test('a job that was changed since it was opened is not overwritten without a question, which shows both changes', async () => {
  const { id } = await newJob({ name: 'Contested' });
  const { page, problems, close } = await open({ at: `/jobs/${id}/edit` });
  await page.getByRole('textbox', { name: 'Description' }).fill('mine');
  await call('PATCH', `/api/v1/jobs/${id}`, { description: 'theirs', group: 'other' });
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'The job was changed in the meantime' });
  await dialog.getByRole('row', { name: 'description – theirs mine' }).waitFor();
  expect((await call('GET', `/api/v1/jobs/${id}`)).description).toBe('theirs');
  await dialog.getByRole('button', { name: 'Save mine' }).click();
  await page.getByRole('heading', { name: 'Contested', exact: true }).waitFor();
  expect(await call('GET', `/api/v1/jobs/${id}`)).toMatchObject({ description: 'mine', group: 'other' });
  expect(problems.filter((problem) => !problem.includes('412'))).toEqual([]);
  problems.length = 0;
  await close();
});

test('a conflict over long values shows the name of each field in one line, also on a phone', async () => {
  const { id } = await newJob({ name: 'Contested at length', body: { text: 'x'.repeat(5_000) } });
  const { page, problems, close } = await open({ at: `/jobs/${id}/edit` });
  await page.getByRole('textbox', { name: 'Description' }).fill('mine');
  await page.getByRole('textbox', { name: 'JSON' }).fill(JSON.stringify({ text: 'y'.repeat(5_000) }));
  await call('PATCH', `/api/v1/jobs/${id}`, { description: 'theirs' });
  await page.getByRole('button', { name: 'Save' }).click();
  const name = page.getByRole('dialog').getByRole('rowheader', { name: 'description' });
  for (const width of [1_280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    expect((await name.boundingBox())?.height).toBeLessThan(60);
    expect((await page.getByRole('dialog').getByRole('row').last().boundingBox())?.height).toBeLessThan(200);
  }
  expect(problems.splice(0).filter((problem) => !problem.includes('412'))).toEqual([]);
  await close();
});

test('a conflict whose other change cannot be read is an error that says so, and the form keeps what was typed', async () => {
  const { id } = await newJob({ name: 'Contested unseen' });
  const { page, problems, close } = await open({ at: `/jobs/${id}/edit` });
  const description = page.getByRole('textbox', { name: 'Description' });
  await description.fill('mine');
  await call('PATCH', `/api/v1/jobs/${id}`, { description: 'theirs' });
  await page.route(`**/api/v1/jobs/${id}`, (route) =>
    route.request().method() === 'GET' ? route.abort() : route.continue(),
  );
  await page.getByRole('button', { name: 'Save' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'The job was not saved' });
  await alert.getByText('Belfry does not answer').waitFor();
  expect(await description.inputValue()).toBe('mine');
  await page.unroute(`**/api/v1/jobs/${id}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog', { name: 'The job was changed in the meantime' }).waitFor();
  expect(problems.filter((problem) => !/412|ERR_FAILED/.test(problem))).toEqual([]);
  problems.length = 0;
  await close();
});

test('a form with changes is not left without a question, and what was typed stays if the answer is no', async () => {
  const { id } = await newJob({ name: 'Half edited' });
  const { page, close } = await open({ at: `/jobs/${id}` });
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  const description = page.getByRole('textbox', { name: 'Description' });
  await description.waitFor();
  await page.goBack();
  // A form without changes is left at once.
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await description.fill('half a thought');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  for (const leave of [
    () => page.getByRole('link', { name: 'Jobs', exact: true }).click(),
    () => page.goBack(),
    async () => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search jobs and screens' }).waitFor();
      await page.keyboard.type('Calendar');
      await page.keyboard.press('Enter');
    },
  ]) {
    await leave();
    await question.getByRole('button', { name: 'Continue editing' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await description.inputValue()).toBe('half a thought');
    expect(new URL(page.url()).pathname).toBe(`/ui/jobs/${id}/edit`);
  }
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await question.getByRole('button', { name: 'Discard the changes' }).click();
  await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
  expect((await call('GET', `/api/v1/jobs/${id}`)).description).toBeNull();
  await close();
});
