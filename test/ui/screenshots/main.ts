// Makes the pictures of the dashboard in docs/images, light and dark, from a Belfry of `npm start` with the jobs of a shop.
//   npm run screenshots          takes about six minutes; needs a Chromium, as `npm run e2e:ui`
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { createPool } from '../../../lib/db/pool.ts';
import {
  endLocal,
  type LocalProcess,
  type RunningBelfry,
  serviceUrls,
  startLocalRun,
} from '../../support/local-process.ts';
import { startBrowser } from '../../support/browser.ts';
import { findChromium } from '../../support/find-chromium.ts';
import { countShopHistory } from './shop-history.ts';
import { makeShopJobs } from './shop-jobs.ts';

const images = join(import.meta.dirname, '../../../docs/images');
const SIZE = { width: 1_280, height: 800 };
/** Enough for 30 runs of a job that runs every 10 seconds. */
const HISTORY_MS = 310_000;
/** The charts draw after their data has arrived. */
const SETTLED_MS = 1_500;

const withId = z.object({ id: z.int() });
const firstPage = z.object({ items: z.tuple([withId], withId) });

type Picture = { name: string; path: string; text: string | RegExp };

async function listPictures({ call }: RunningBelfry): Promise<Picture[]> {
  const job = withId.parse(await call('GET', '/api/v1/jobs/by-key/shop%2Frates'));
  const failures = firstPage.parse(await call('GET', '/api/v1/executions?status=FAILED&limit=1'));
  const failed = failures.items[0];
  return [
    { name: 'overview', path: '/overview', text: 'Overview' },
    { name: 'jobs', path: '/jobs', text: 'Sync orders' },
    { name: 'job', path: `/jobs/${job.id}`, text: 'Import exchange rates' },
    { name: 'edit', path: `/jobs/${job.id}/edit`, text: 'Import exchange rates' },
    { name: 'execution', path: `/executions/${failed.id}`, text: 'What happened' },
    { name: 'executions', path: '/executions', text: 'Sync orders' },
    { name: 'failures', path: '/failures', text: /503/ },
    { name: 'calendar', path: '/calendar', text: 'Calendar' },
    { name: 'groups', path: '/groups', text: 'billing' },
  ];
}

async function take(
  page: Page,
  dashboard: string,
  { name, path, text }: Picture,
  theme: string,
): Promise<void> {
  await page.goto(`${dashboard}${path}`);
  await page.getByText(text).first().waitFor();
  await sleep(SETTLED_MS);
  await page.screenshot({ path: join(images, `${name}-${theme}.png`) });
}

async function takeAll(run: RunningBelfry): Promise<void> {
  const pictures = await listPictures(run);
  const browser = await startBrowser();
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport: SIZE, colorScheme, timezoneId: 'Europe/Berlin' });
      const page = await context.newPage();
      const dashboard = `${run.address}/ui`;
      await page.goto(`${dashboard}/#key=${encodeURIComponent(run.apiKey)}`);
      await page.getByRole('heading').first().waitFor();
      for (const picture of pictures) await take(page, dashboard, picture, colorScheme);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

if (findChromium() === undefined) throw new Error('there is no Chromium. Install one, or set CHROMIUM_PATH.');
const dataDir = await mkdtemp(join(tmpdir(), 'belfry-screenshots-'));
let started: LocalProcess | undefined;
try {
  await mkdir(images, { recursive: true });
  const run = await startLocalRun(dataDir, {}, (process) => (started = process));
  const pool = createPool((await serviceUrls(dataDir)).postgres, {
    max: 1,
    statementTimeoutMs: 60_000,
    onError: () => {},
  });
  await countShopHistory(pool, Date.now());
  await pool.end();
  const jobs = makeShopJobs(`${run.address}/_local/echo`, Date.now());
  await run.call('POST', '/api/v1/jobs/batch', { jobs });
  process.stdout.write(`${jobs.length} jobs run for ${HISTORY_MS / 1_000} s\n`);
  await sleep(HISTORY_MS);
  await takeAll(run);
  process.stdout.write(`wrote the pictures to ${images}\n`);
} finally {
  if (started !== undefined) await endLocal(started);
  await rm(dataDir, { recursive: true, force: true });
}
