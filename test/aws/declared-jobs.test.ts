import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import type { JobDeclaration } from '../../infra/constructs/declared-jobs.ts';
import { until } from '../support/waiting.ts';
import { startTarget, type Target } from '../support/target.ts';
import { openStack } from './support/stack.ts';
import { makeTheirStack } from './support/their-stack.ts';

const stack = openStack();
const theirs = makeTheirStack(stack, { redisOffset: 1 });
// A rule cannot sleep.
const hibernates = stack.tick === 'schedule';
let target: Target;

const jobsSchema = z.object({
  items: z.array(
    z.object({ name: z.string(), schedule: z.string(), api: z.string(), maxRetryCount: z.int() }),
  ),
});

beforeAll(async () => {
  await theirs.createDatabase();
  target = await startTarget(stack.targetHost);
});

afterAll(async () => {
  await target.close();
  await theirs.dropDatabase();
});

test(
  'declared jobs exist after a deployment, change with it, and are removed when they are no longer declared',
  { timeout: 600_000 },
  async () => {
    const pulse = { schedule: '@every 1s', api: `${target.url}/pulse` };
    const yearly = { schedule: '0 3 1 1 *', api: `${target.url}/yearly` };
    const deployWith = (jobs: Record<string, JobDeclaration>) => theirs.deploy({ jobs, hibernates });
    const api = await deployWith({ pulse, yearly: { ...yearly, maxRetryCount: 7 } });
    const listJobs = async () => (await api.call(jobsSchema, 'GET', '/api/v1/jobs')).items;
    expect(await listJobs()).toEqual([
      expect.objectContaining({ name: 'pulse', ...pulse }),
      expect.objectContaining({ name: 'yearly', ...yearly, maxRetryCount: 7 }),
    ]);
    await until(() => target.requests.length >= 3, { timeoutMs: 60_000 });

    await deployWith({ yearly: { ...yearly, schedule: '0 4 1 1 *' } });
    expect(await listJobs()).toEqual([
      expect.objectContaining({ name: 'yearly', schedule: '0 4 1 1 *', maxRetryCount: 3 }),
    ]);

    // LocalStack could not destroy the stack after that.
    if (!stack.limits.losesStackOnFailedUpdate) {
      await expect(deployWith({ yearly, broken: { schedule: 'never', api: target.url } })).rejects.toThrow(
        /broken[^]*schedule/,
      );
    }
    await theirs.destroy();
  },
);
