import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { until } from '../support/manual-clock.ts';
import { startTarget, type Target } from '../support/target.ts';
import { administer } from './support/administer.ts';
import { openApi } from './support/api.ts';
import { contextOf, deployStack, destroyStack, outputsSchema } from './support/deploy.ts';
import { openStack } from './support/stack.ts';

/** An app of somebody's own beside ours, with a database and a Redis of its own. */

const stack = openStack();
const name = `theirs-${randomUUID().slice(0, 8)}`;
const database = name.replaceAll('-', '_');
const cdk = { ...stack, cwd: join(import.meta.dirname, '..', '..') };
const theirApp = ['--app', `node ${join('test', 'aws', 'support', 'theirs.ts')}`];
let target: Target;

const argsFor = (jobs: object): string[] => {
  const databaseUrl = new URL(stack.databaseUrl);
  databaseUrl.pathname = `/${database}`;
  const redisUrl = new URL(stack.redisUrl);
  redisUrl.pathname = '/1';
  const context = {
    name,
    databaseUrl: databaseUrl.href,
    redisUrl: redisUrl.href,
    jobs: JSON.stringify(jobs),
  };
  return [...theirApp, ...contextOf(context)];
};

const outputs = outputsSchema.pick({ ApiId: true, ApiStage: true, AdminKeySecretArn: true });
const deployWith = (jobs: object) => deployStack(name, outputs, argsFor(jobs), cdk);

const jobsSchema = z.object({
  items: z.array(
    z.object({ name: z.string(), schedule: z.string(), api: z.string(), maxRetryCount: z.int() }),
  ),
});

beforeAll(async () => {
  await administer(stack.databaseUrl, `create database ${database}`);
  target = await startTarget(stack.targetHost);
});

afterAll(async () => {
  await target.close();
  await administer(stack.databaseUrl, `drop database if exists ${database} with (force)`);
});

test('declared jobs are there after a deploy, change with it, and go when they are no longer declared', async () => {
  const pulse = { schedule: '@every 1s', api: `${target.url}/pulse` };
  const yearly = { schedule: '0 3 1 1 *', api: `${target.url}/yearly`, maxRetryCount: 7 };
  const api = await openApi({ ...stack, outputs: await deployWith({ pulse, yearly }) });
  const listJobs = async () => (await api.call(jobsSchema, 'GET', '/api/v1/jobs')).items;
  expect(await listJobs()).toEqual([
    expect.objectContaining({ name: 'pulse', ...pulse }),
    expect.objectContaining({ name: 'yearly', ...yearly }),
  ]);
  await until(() => target.requests.length >= 3, { timeoutMs: 60_000 });

  await deployWith({ yearly: { ...yearly, schedule: '0 4 1 1 *', maxRetryCount: undefined } });
  expect(await listJobs()).toEqual([
    expect.objectContaining({ name: 'yearly', schedule: '0 4 1 1 *', maxRetryCount: 3 }),
  ]);

  await expect(deployWith({ yearly, broken: { schedule: 'never', api: target.url } })).rejects.toThrow(
    /broken[^]*schedule/,
  );
  await destroyStack(name, argsFor({}), cdk);
});
