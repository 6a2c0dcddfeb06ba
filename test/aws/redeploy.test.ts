import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
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

const countCalls = (calls: readonly { path: string }[], path: string): number =>
  calls.filter((call) => call.path === path).length;

/** Returns the executions of the job when none of them waits or runs. */
const settledExecutions = (api: Api, jobId: number): Promise<Execution[]> =>
  until(
    async () => {
      const executions = await api.listExecutions(jobId);
      const isOpen = ({ status }: Execution) => ['SCHEDULED', 'RUNNING', 'RETRYING'].includes(status);
      return !executions.some(isOpen) && executions;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );

test('a deployment with a migration changes a running system, and no occurrence is lost or doubled', async () => {
  const api = await openApi(stack);
  const target = await startTarget(stack.targetHost);
  cleanups.push(target.close);
  const directory = await mkdtemp(join(tmpdir(), 'belfry-next-release-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  await makeNextRelease(directory);
  expect(await api.readTitle()).toBe('Belfry');
  const job = await api.createJob({ schedule: '@every 1s', api: `${target.url}/old`, timeoutMs: 5_000 });
  await until(() => countCalls(target.requests, '/old') >= 3, { timeoutMs: 30_000 });

  const outputs = await deploy(stack, { ...stack, cwd: directory });

  expect(outputs).toEqual(stack.outputs);
  expect(await api.readTitle()).toBe('Belfry, next');
  // Some of these were dispatched before the deploy.
  await until(() => countCalls(target.requests, '/new') >= 5, { timeoutMs: 60_000, everyMs: 50 });
  // The emulator ends the process of a worker whose function changes, which Lambda does not. Executions that the process had
  // claimed run when their leases have ended, and a pause would end them first.
  const isBehind = ({ status, executionTime }: Execution) =>
    ['RUNNING', 'RETRYING'].includes(status) && Date.parse(executionTime) < Date.now() - 3_000;
  await until(async () => !(await api.listExecutions(job.id)).some(isBehind), {
    timeoutMs: 150_000,
    everyMs: 1_000,
  });
  await api.pauseJob(job.id);
  const executions = await settledExecutions(api, job.id);

  const ran = executions.filter(({ status }) => status !== 'CANCELLED');
  const times = ran.map(({ executionTime }) => Date.parse(executionTime));
  const first = times[0] ?? 0;
  expect(times).toEqual(times.map((_, index) => first + index * 1_000));
  expect(ran.map(({ status }) => status)).toEqual(ran.map(() => 'SUCCESS'));
  // Counted in the log of the target.
  const called = target.requests.map(({ headers }) => String(headers['x-belfry-scheduled-at']));
  expect(called.toSorted()).toEqual(ran.map(({ executionTime }) => executionTime));
});
