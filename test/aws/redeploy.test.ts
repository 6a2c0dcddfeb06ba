import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { until } from '../support/manual-clock.ts';
import { startTarget } from '../support/target.ts';
import { type Api, type Execution, openApi } from './support/api.ts';
import { deploy } from './support/deploy.ts';
import { makeNextRelease } from './support/next-release.ts';
import { openStack } from './support/stack.ts';

const stack = openStack();
const cleanups: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/**
 * Moves every job, in a database that is at work, to another path of its target. As when a job is changed, what waits
 * gets the new revision: workers then read the job anew instead of sending what Redis holds of it.
 */
const MIGRATION = /* sql */ `
  alter table jobs add column moved_from text;
  update jobs set moved_from = api, api = replace(api, '/old', '/new'), revision = revision + 1;
  update job_executions
     set job_revision = job_revision + 1
   where status in ('SCHEDULED', 'RETRYING');
`;
const change = { file: 'lib/http/openapi.ts', from: "title: 'Belfry'", to: "title: 'Belfry, next'" };

const openApiTitle = async (api: Api): Promise<string> => {
  const document = z.object({ info: z.object({ title: z.string() }) });
  return (await api.call(document, 'GET', '/openapi.json')).info.title;
};

const countCalls = (calls: readonly { path: string }[], path: string): number =>
  calls.filter((call) => call.path === path).length;

/** What the job has behind it once nothing of it waits or runs any more. */
const settledExecutions = (api: Api, jobId: number): Promise<Execution[]> =>
  until(
    async () => {
      const executions = await api.listExecutions(jobId);
      const isOpen = ({ status }: Execution) => ['SCHEDULED', 'RUNNING', 'RETRYING'].includes(status);
      return !executions.some(isOpen) && executions;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );

test('a migration that fails fails the deploy with its own error, and leaves the system at work', async () => {
  const api = await openApi(stack);
  const title = await openApiTitle(api);
  const directory = await mkdtemp(join(tmpdir(), 'belfry-broken-release-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const broken = { file: change.file, from: change.from, to: "title: 'Belfry, broken'" };
  await makeNextRelease(directory, { migration: 'select 1 / 0', change: broken });

  await expect(deploy(stack, { ...stack, cwd: directory })).rejects.toThrow(/division by zero/);

  expect(await openApiTitle(api)).toBe(title);
  const target = await startTarget(stack.targetHost);
  cleanups.push(target.close);
  const schedule = new Date(Date.now() + 5_000).toISOString();
  await api.createJob({ schedule, api: target.url, isRecurring: false });
  await until(() => target.requests.length > 0, { timeoutMs: 30_000 });
});

test('a deploy with a migration changes a system at work, and no occurrence is lost or doubled', async () => {
  const api = await openApi(stack);
  const target = await startTarget(stack.targetHost);
  cleanups.push(target.close);
  const directory = await mkdtemp(join(tmpdir(), 'belfry-next-release-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  await makeNextRelease(directory, { migration: MIGRATION, change });
  expect(await openApiTitle(api)).toBe('Belfry');
  const job = await api.createJob({ schedule: '@every 1s', api: `${target.url}/old`, timeoutMs: 5_000 });
  await until(() => countCalls(target.requests, '/old') >= 3, { timeoutMs: 30_000 });

  const outputs = await deploy(stack, { ...stack, cwd: directory });

  expect(outputs).toEqual(stack.outputs);
  expect(await openApiTitle(api)).toBe('Belfry, next');
  // Some of these were dispatched before the deploy.
  await until(() => countCalls(target.requests, '/new') >= 5, { timeoutMs: 60_000, everyMs: 50 });
  await api.pauseJob(job.id);
  const executions = await settledExecutions(api, job.id);

  const ran = executions.filter(({ status }) => status !== 'CANCELLED');
  const times = ran.map(({ executionTime }) => Date.parse(executionTime));
  const first = times[0] ?? 0;
  expect(times).toEqual(times.map((_, index) => first + index * 1_000));
  expect(ran.map(({ status }) => status)).toEqual(ran.map(() => 'SUCCESS'));
  // By the target's own log.
  const called = target.requests.map(({ headers }) => String(headers['x-belfry-scheduled-at']));
  expect(called.toSorted()).toEqual(ran.map(({ executionTime }) => executionTime));
});
