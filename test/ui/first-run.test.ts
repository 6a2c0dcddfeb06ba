import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endLocal, type LocalProcess, type RunningBelfry, startLocalRun } from '../support/local-process.ts';
import { useBrowser } from './support/dashboard.ts';

const open = useBrowser();

/** A Belfry of its own, which has no job. */
let run: RunningBelfry;
let started: LocalProcess | undefined;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'belfry-ui-first-'));
  run = await startLocalRun(dataDir, {}, (process) => (started = process));
}, 90_000);
afterAll(async () => {
  if (started !== undefined) await endLocal(started);
  await rm(dataDir, { recursive: true, force: true });
});

test('a person who has no job is led in three steps to one that was seen running', async () => {
  const { page, go, expectAccessible, close } = await open({ address: run.address, key: run.apiKey });
  const guide = page.getByRole('region', { name: 'Run your first job' });
  // The guide is on both screens on which a person may begin.
  await guide.getByText('/_local/echo').waitFor();
  expect(await page.getByRole('heading', { name: 'Outcomes a minute' }).count()).toBe(0);
  await go('/jobs');
  await guide.getByText('/_local/echo').waitFor();
  await expectAccessible();
  await guide.getByRole('button', { name: /^Create “hello”/ }).click();
  await guide.getByRole('link', { name: 'hello' }).waitFor();
  await page.getByRole('table').getByRole('link', { name: 'hello' }).waitFor();
  await guide.getByText('Succeeded').waitFor();
  await expectAccessible();
  await guide.getByRole('link', { name: 'See what was sent and answered' }).click();
  await page.getByText('It succeeded at').waitFor();
  await page.goBack();
  await guide.getByRole('button', { name: 'Done' }).click();
  await guide.waitFor({ state: 'detached' });
  await close();
});
