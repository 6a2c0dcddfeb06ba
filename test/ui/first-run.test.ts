import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { endLocal, type LocalProcess, type RunningBelfry, startLocalRun } from '../support/local-process.ts';
import { useBrowser } from './support/dashboard.ts';

const open = useBrowser();

/** Starts a separate Belfry without jobs. */
let run: RunningBelfry;
let started: LocalProcess | undefined;
/** Stands for the directory of a checkout, with the data in `.local`. */
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-ui-first-'));
  run = await startLocalRun(join(directory, '.local'), {}, (process) => (started = process));
}, 90_000);
afterAll(async () => {
  if (started !== undefined) await endLocal(started);
  await rm(directory, { recursive: true, force: true });
});

const bash = promisify(execFile);

/** Pastes a command into a terminal, in the directory of Belfry, and returns the answer. */
async function paste(command: string): Promise<unknown> {
  const { stdout } = await bash('bash', ['-c', command], {
    cwd: directory,
    env: { PATH: process.env['PATH'] },
  });
  return JSON.parse(stdout);
}

/** The commands of the lists that are empty at first. */
const commands: string[] = [];

test.each([
  ['/executions', 'Nothing has run yet'],
  ['/groups', 'No job has a group'],
  ['/groups?tab=hosts', 'No job has a host'],
  ['/calendar', 'No run in these days'],
])('the empty list %s names the next step, with a command', async (path, title) => {
  const { page, expectAccessible, close } = await open({ at: path, address: run.address, key: run.apiKey });
  const heading = page.getByRole('heading', { name: title });
  await heading.waitFor();
  await page.setViewportSize({ width: 1_024, height: 768 });
  expect((await heading.boundingBox())?.y).toBeLessThan(768);
  await page.getByText('Paste this into a terminal').waitFor();
  commands.push(await page.locator('main pre').filter({ hasText: 'curl' }).innerText());
  await expectAccessible();
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  await close();
});

test('three steps lead a person without a job to a job that has run', async () => {
  const { page, go, expectAccessible, close } = await open({ address: run.address, key: run.apiKey });
  const guide = page.getByRole('region', { name: 'Run your first job' });
  // The guide is on both screens on which a person may begin.
  await guide.getByText('/_local/echo').waitFor();
  expect(await page.getByRole('heading', { name: 'Outcomes a minute' }).count()).toBe(0);
  await go('/jobs');
  await guide.getByText('/_local/echo').waitFor();
  await expectAccessible();
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1_280, height: 900 });
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

test('the commands of the empty lists work when they are pasted', async () => {
  expect(commands).toHaveLength(4);
  for (const command of commands) expect(await paste(command)).toMatchObject({ name: 'hello' });
});

test('a job that has not run, and a paused job, show the command that changes that', async () => {
  const { page, go, close } = await open({ address: run.address, key: run.apiKey });
  const job = { name: 'Idle', schedule: '@yearly', api: `${run.address}/_local/echo`, isActive: false };
  const { id } = z.object({ id: z.int() }).parse(await run.call('POST', '/api/v1/jobs', job));
  const command = page.locator('main pre').filter({ hasText: 'curl' });
  await go(`/jobs/${id}`);
  expect(await paste(await command.innerText())).toMatchObject({ jobId: id, trigger: 'MANUAL' });
  await go(`/jobs/${id}?tab=upcoming`);
  expect(await paste(await command.innerText())).toMatchObject({ id, isActive: true });
  await page.getByText(/^\d+ times? on this page$/).waitFor();
  await close();
});
