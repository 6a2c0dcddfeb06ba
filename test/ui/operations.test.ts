import { expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

test('an operation that cannot be aborted says so, and one that is aborted ends with what it has done', async () => {
  const jobs = Array.from({ length: 130 }, (_, index) => ({
    name: `Slowly ${index}`,
    tags: ['run-slowly'],
    schedule: '2091-05-01T12:00:00Z',
    api: `${belfry().address}/_local/echo`,
  }));
  await call('POST', '/api/v1/jobs/batch', { jobs });
  const { page, problems, close } = await open({ at: '/jobs?tag=run-slowly' });
  await page.getByRole('checkbox', { name: 'Select the page' }).check();
  await page.getByRole('button', { name: 'Select all matching jobs' }).click();
  await page.getByRole('button', { name: 'Run now', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Run 130 jobs' });
  await dialog.getByLabel('Jobs a second, at most').fill('1');
  await dialog.getByLabel('Type 130 to continue').fill('130');
  await page.route('**/operations/*/abort', (route) => route.abort(), { times: 1 });
  await dialog.getByRole('button', { name: 'Run now', exact: true }).click();
  await dialog.getByText(/^Working … \d+ jobs? got a run/).waitFor();
  await dialog.getByRole('button', { name: 'Abort' }).click();
  await dialog.getByRole('alert').getByText('It could not be aborted, and continues').waitFor();
  await dialog.getByRole('button', { name: 'Abort' }).click();
  await dialog.getByText(/^Aborted\. The changes that were made remain\. \d+ jobs? got a run/).waitFor();
  expect(await dialog.getByRole('alert').count()).toBe(0);
  const runs = Number(/(\d+) jobs? got a run/.exec(await dialog.getByRole('status').innerText())?.[1]);
  expect(runs).toBeLessThan(130);
  const { rows } = await database.query<{ count: number }>(
    `select count(*) as count from job_executions where job_id in (select job_id from job_tags where tag = 'run-slowly')`,
  );
  expect(rows).toEqual([{ count: runs }]);
  expect(problems.splice(0).filter((problem) => !problem.includes('ERR_FAILED'))).toEqual([]);
  await close();
});
