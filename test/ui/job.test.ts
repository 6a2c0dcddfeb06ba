import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { belfry } from './support/belfry.ts';
import { until } from '../support/waiting.ts';
import { call, useBrowser } from './support/dashboard.ts';
import { useDatabase } from './support/database.ts';

const open = useBrowser();
const database = useDatabase();

const MAX_TABS = 60;

const echo = (): string => `${belfry().address}/_local/echo`;
const newJob = async (fields: object): Promise<{ id: number }> =>
  call('POST', '/api/v1/jobs', { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', api: echo(), ...fields });

/** Moves the focus by Tab alone, as a person without a mouse does, and checks that the element with the focus shows it. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  const focused = target.and(page.locator(':focus'));
  await target.first().waitFor();
  for (let presses = 0; (await focused.count()) === 0; presses += 1) {
    if (presses === MAX_TABS) throw new Error(`${MAX_TABS} presses of Tab do not lead to ${String(target)}`);
    await page.keyboard.press('Tab');
  }
  expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).not.toBe(
    'none',
  );
};

test('a job is created, run, seen and paused by the keyboard alone, each to its effect in PostgreSQL', async () => {
  const { page, close } = await open({ at: '/overview' });
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  const press = async (name: string): Promise<void> => {
    // A page may have several, such as one in a dialog over another.
    await tabTo(page, page.getByRole('button', { name, exact: true, disabled: false }));
    await page.keyboard.press('Enter');
  };
  const type = async (label: string, text: string): Promise<void> => {
    await tabTo(page, page.getByRole('textbox', { name: label, exact: true }));
    await page.keyboard.type(text);
  };
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search jobs and screens' }).waitFor();
  await page.keyboard.type('Create a j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'New job', level: 1 }).waitFor();
  await type('Schedule', '0 4 * * *');
  await page.getByText('at 04:00 every day').waitFor();
  await type('URL', echo());
  await type('Name', 'Made by keys');
  await press('Create the job');
  await page.getByRole('heading', { name: 'Made by keys', exact: true }).waitFor();
  const made = await database.query<{ id: number; schedule: string }>(
    `select id, schedule from jobs where name = 'Made by keys'`,
  );
  expect(made.rows).toMatchObject([{ schedule: '0 4 * * *' }]);

  await press('Run now');
  await page.getByRole('dialog', { name: 'Run now' }).waitFor();
  await press('Run');
  await page.getByRole('table').getByText('Succeeded').waitFor();
  await page.getByText(/1 run so far: none failed/).waitFor();
  const runs = await database.query<{ trigger: string; status: string }>(
    'select trigger, status from job_executions where job_id = $1 and trigger = $2',
    [made.rows[0]?.id, 'MANUAL'],
  );
  expect(runs.rows).toEqual([{ trigger: 'MANUAL', status: 'SUCCESS' }]);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByText('It succeeded at').waitFor();
  await tabTo(page, page.getByRole('link', { name: 'Made by keys', exact: true }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Made by keys', exact: true }).waitFor();

  await press('Pause');
  await page.getByText('Paused', { exact: true }).first().waitFor();
  const isActive = async () =>
    (
      await database.query<{ is_active: boolean }>('select is_active from jobs where id = $1', [
        made.rows[0]?.id,
      ])
    ).rows[0]?.is_active;
  await until(async () => (await isActive()) === false, { timeoutMs: 10_000 });
  await press('Resume');
  await until(async () => (await isActive()) === true, { timeoutMs: 10_000 });
  await close();
});

test.each([
  ['Europe/Berlin', 0],
  ['America/New_York', 1],
  ['Australia/Lord_Howe', 1],
] as const)(
  'in %s the timeline has the job’s clock, and the viewer’s if it is another one',
  async (timezoneId, count) => {
    const { id } = await newJob({ name: 'Two clocks' });
    const { page, close } = await open({ at: `/jobs/${id}`, timezoneId });
    const timeline = page.getByRole('figure', { name: 'Timeline' });
    await timeline.getByText('20 upcoming').waitFor();
    await timeline.getByText('the job’s clock').waitFor();
    expect(await timeline.getByText('your clock').count()).toBe(count);
    await timeline.getByRole('button', { name: 'Show as table' }).click();
    const shown = new Date(Date.parse((await call('GET', `/api/v1/jobs/${id}`)).nextExecutionTime));
    const local = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezoneId,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    });
    await timeline.getByText(local.format(shown)).first().waitFor();
    await close();
  },
);

/** The texts of the rulers, from left to right, with the places of their left and right ends on the page. */
const RULERS = `[...document.querySelectorAll('figure svg[aria-hidden] g[data-ruler]')].map((ruler) =>
  [...ruler.querySelectorAll('text')].map((text) => {
    const { left, right } = text.getBoundingClientRect();
    return { text: text.textContent, left, right };
  }).sort((one, other) => one.left - other.left))`;
type Label = { text: string; left: number; right: number };

test.each([320, 375, 768])(
  'at %i pixels both rulers of the timeline say when it begins, when it is now and when it ends',
  async (width) => {
    const { id } = await newJob({ name: 'Ruled', schedule: '0 4,16 * * *', timeZone: 'America/New_York' });
    await call('POST', `/api/v1/jobs/${id}/run`);
    const { page, close } = await open({
      at: `/jobs/${id}`,
      viewport: { width, height: 700 },
      timezoneId: 'Europe/Berlin',
    });
    await page.getByRole('figure', { name: 'Timeline' }).getByText('1 run so far').waitFor();
    const rulers = await page.evaluate<Label[][]>(RULERS);
    expect(rulers).toHaveLength(2);
    for (const labels of rulers) {
      expect(labels.length).toBeGreaterThanOrEqual(3);
      expect(labels.at(0)?.left).toBeGreaterThanOrEqual(0);
      expect(labels.at(-1)?.right).toBeLessThanOrEqual(width);
      // The last occurrence is ten days away.
      expect(labels.at(-1)?.text).toMatch(/^\d+ [A-Z][a-z]{2}$/);
      const gaps = labels.slice(1).map(({ left }, index) => left - (labels[index]?.right ?? 0));
      expect(Math.min(...gaps), JSON.stringify(labels)).toBeGreaterThan(2);
    }
    expect(rulers[0]?.map(({ text }) => text).join()).toMatch(/now/);
    await close();
  },
);

test('the timeline shows a next run that is decades away, and follows the width of the page after its table was open', async () => {
  const { id } = await newJob({ name: 'Far away', schedule: '2091-05-01T12:00:00Z' });
  const { page, close } = await open({ at: `/jobs/${id}`, timezoneId: 'Europe/Berlin' });
  const timeline = page.getByRole('figure', { name: 'Timeline' });
  await timeline.getByText('No run yet. 1 upcoming.').waitFor();
  await timeline.getByRole('button', { name: 'Show as table' }).click();
  await timeline.getByText('1 May 2091, 14:00:00 CEST').waitFor();
  await timeline.getByRole('button', { name: 'Show as drawing' }).click();
  const drawing = timeline.locator('svg').first();
  await drawing.waitFor();
  await page.setViewportSize({ width: 400, height: 900 });
  await until(async () => Number(await drawing.getAttribute('width')) < 400, { timeoutMs: 10_000 });
  await close();
});

test('a run may have a body of its own, which the target gets', async () => {
  const { id } = await newJob({ name: 'Own body', body: { kind: 'usual' }, keepResponse: 'always' });
  const { page, close } = await open({ at: `/jobs/${id}` });
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByLabel('Send another body, in this run only').check();
  await page.getByRole('textbox', { name: 'JSON' }).fill('{"kind": "</script>"}');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('table').getByText('Succeeded').waitFor();
  const { rows } = await database.query<{ request_body: unknown }>(
    'select request_body from job_executions where job_id = $1 and request_body is not null',
    [id],
  );
  expect(rows.map(({ request_body }) => request_body)).toEqual([{ kind: '</script>' }]);
  await close();
});

test('a deletion names the job and its next run, and leaves the history', async () => {
  const { id } = await newJob({ name: 'Doomed alone' });
  const { page, close } = await open({ at: `/jobs/${id}` });
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete “Doomed alone”' });
  await dialog.getByText(/Its next run, in .* and all later ones do not take place/).waitFor();
  await dialog.getByLabel('Reason').fill('moved elsewhere');
  await dialog.getByRole('button', { name: 'Delete the job' }).click();
  await page.waitForURL(/\/ui\/jobs$/);
  const { rows } = await database.query<{ is_deleted: boolean }>(
    'select deleted_at is not null as is_deleted from jobs where id = $1',
    [id],
  );
  expect(rows).toEqual([{ is_deleted: true }]);
  await close();
});

test('a key that only reads sees a job without the buttons that change it, and without its changes', async () => {
  const { id } = await newJob({ name: 'Read only', owner: 'stack:shop', headers: { 'X-Api-Key': 'hidden' } });
  const { key } = await call('POST', '/api/v1/keys', { name: 'reader of jobs', scopes: ['read'] });
  const { page, close } = await open({ at: `/jobs/${id}?tab=request`, key });
  await page.getByText('The stack “shop” declares this job').waitFor();
  await page.getByText('[secret]').waitFor();
  for (const name of ['Run now', 'Pause', 'Edit', 'Delete', 'Changes']) {
    for (const role of ['button', 'link'] as const)
      expect(await page.getByRole(role, { name, exact: true }).count()).toBe(0);
  }
  await close();
});

/** Whether the first chart has a bar of successes. */
const HAS_GREEN = `(() => {
  const canvas = document.querySelector('main canvas');
  if (canvas === null || canvas.width === 0) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((red, at) => at % 4 === 0 && data[at + 3] === 255 && data[at + 1] > red + 60);
})()`;

test('the statistics of a job count its runs, over a span that the address keeps', async () => {
  const { id } = await newJob({ name: 'Measured' });
  await call('POST', `/api/v1/jobs/${id}/run`);
  await until(async () => (await call('GET', `/api/v1/jobs/${id}/stats`)).succeeded === 1, {
    timeoutMs: 30_000,
  });
  const { page, expectAccessible, close } = await open({ at: `/jobs/${id}?tab=stats` });
  await page.getByText('1 execution in the last 24 hours: 1 succeeded.').waitFor();
  await until(() => page.evaluate<boolean>(HAS_GREEN), { timeoutMs: 30_000, everyMs: 100 });
  for (const name of ['Outcomes', 'Duration', 'Lateness']) {
    const chart = page.getByRole('region', { name, exact: true });
    await chart.locator('canvas').waitFor();
    await chart.getByRole('button', { name: 'Show as table' }).click();
    const rows = page.getByRole('region', { name: `${name}, as a table` }).getByRole('row');
    expect(await rows.count()).toBeGreaterThan(90);
    expect(await rows.count()).toBeLessThanOrEqual(101);
  }
  await page.getByRole('radio', { name: '7 d' }).check();
  await page.waitForURL(/span=7d/);
  const { rows } = await database.query<{ count: number }>(
    `select count(*) as count from job_executions where job_id = $1 and status = 'SUCCESS'`,
    [id],
  );
  expect(rows).toEqual([{ count: 1 }]);
  await page.getByText('1 execution in the last 7 days: 1 succeeded.').waitFor();
  await expectAccessible();
  await close();
});

test('a job is copied as CDK, with a reference in the place of a secret', async () => {
  const { id } = await newJob({ name: 'Declared', headers: { Authorization: 'Bearer x' } });
  const { page, close } = await open({ at: `/jobs/${id}` });
  await page.getByRole('button', { name: 'Copy' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Copy the job' });
  await dialog.getByRole('radio', { name: 'CDK' }).check();
  await dialog.getByText('scheduler.addJob("Declared"').waitFor();
  await dialog.getByText('{{resolve:secretsmanager:NAME:SecretString:Authorization}}').waitFor();
  await close();
});

test('an occurrence that did not run says why in the history', async () => {
  const { id } = await newJob({ name: 'Held back', schedule: '@every 60s' });
  await until(
    async () => (await call('GET', `/api/v1/jobs/${id}/upcoming?limit=1`)).items[0]?.isDispatched === true,
    { timeoutMs: 90_000 },
  );
  await call('POST', `/api/v1/jobs/${id}/pause`);
  await database.query(
    `update job_executions set execution_time = now() - interval '1 minute' where job_id = $1 and status = 'CANCELLED'
        and execution_time = (select min(execution_time) from job_executions where job_id = $1)`,
    [id],
  );
  const { page, close } = await open({ at: `/jobs/${id}` });
  await page
    .getByRole('table', { name: 'History' })
    .or(page.getByLabel('History'))
    .getByText('the job was paused')
    .first()
    .waitFor();
  await close();
});
