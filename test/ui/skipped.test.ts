import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFoldOutcomes } from '../../lib/app/fold-outcomes.ts';
import { makeWriteBatch } from '../../lib/app/write-batch.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { createPool, type Pool } from '../../lib/db/pool.ts';
import { belfry } from './support/belfry.ts';
import { defaultSettings } from '../support/default-settings.ts';
import { makeBehind } from '../support/outage.ts';
import { until } from '../support/waiting.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { call, useBrowser } from './support/dashboard.ts';

const open = useBrowser();

let pool: Pool;
beforeAll(() => {
  pool = createPool(belfry().databaseUrl, { max: 1, statementTimeoutMs: 10_000, onError: () => {} });
});
afterAll(() => pool.end());

/** Creates a job that runs each hour, 300 hours behind, and dispatches it as a tick does. Its occurrences but the last are skipped. */
async function createSkipped(name: string): Promise<{ id: number }> {
  const job = await call('POST', '/api/v1/jobs', {
    name,
    schedule: '@every 1h',
    api: `${belfry().address}/_local/echo`,
  });
  await makeBehind(pool, job.id, { hours: 300 });
  const deps = { pool, clock: systemClock, logger: silentLogger, settings: defaultSettings };
  await makeWriteBatch(deps)({ horizonMs: Date.now() });
  // The latest occurrence would wait until the next tick queues it, and all other screens would show that executions are late.
  await pool.query(
    `update job_executions
        set status = 'CANCELLED', cancel_requested_at = now(), finished_at = now()
      where job_id = $1 and status = 'SCHEDULED'`,
    [job.id],
  );
  // A tick of the running Belfry may hold the lock of the folds.
  const fold = makeFoldOutcomes({ pool, clock: systemClock });
  await until(
    async () => {
      await fold({ untilMs: Date.now() + 10_000 });
      const { rowCount } = await pool.query(`select from outcome_batches where status = 'SKIPPED'`);
      return rowCount === 0;
    },
    { timeoutMs: 30_000 },
  );
  return job;
}

test('the timeline and the history of a job show skipped occurrences, how many and why', async () => {
  const { id } = await createSkipped('Hourly import');
  const { page, expectAccessible, close } = await open({ at: `/jobs/${id}` });
  const timeline = page.getByRole('figure', { name: 'Timeline' });
  await timeline.getByText('299 occurrences were skipped.').waitFor();
  await timeline.getByText('skipped', { exact: true }).waitFor();
  await page.getByRole('table').getByText('299 occurrences skipped').waitFor();
  await timeline.getByRole('button', { name: 'Show as table' }).click();
  await timeline
    .getByText(
      '299 occurrences skipped: the schedule was more than 5 minutes behind, and then only the latest one runs',
    )
    .waitFor();
  await expectAccessible();
  await close();
});

test('the tile of the overview counts skipped occurrences alone, and leads to their list and their explanation', async () => {
  await createSkipped('Hourly export');
  const cancelled = await call('POST', '/api/v1/jobs', {
    schedule: '@every 1m',
    api: `${belfry().address}/_local/echo`,
  });
  await call('PATCH', `/api/v1/jobs/${cancelled.id}`, { isActive: false });
  const { rows } = await pool.query<{ count: number }>(
    `select sum(skipped_count)::integer as count from job_executions where status = 'SKIPPED'`,
  );
  const { page, close } = await open({ at: '/overview' });
  const count = (rows[0]?.count ?? 0).toLocaleString('en-US');
  await page
    .getByRole('list', { name: 'Numbers' })
    .getByRole('link', { name: `Skipped, 24 h ${count}` })
    .click();
  await page.waitForURL(/\/executions\?status=SKIPPED$/);
  const row = page.getByRole('row').filter({ hasText: 'Hourly export' });
  await row.getByText('299 occurrences skipped').waitFor();
  await row.getByText('Skipped', { exact: true }).waitFor();
  await row.getByRole('rowheader').getByRole('link').click();
  await page.getByText(/Belfry did not run the 299 occurrences from/).waitFor();
  expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
  await close();
});
