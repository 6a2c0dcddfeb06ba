import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { startTarget } from '../support/target.ts';
import { administer } from './support/administer.ts';
import { openApi } from './support/api.ts';
import { deploy, destroy } from './support/deploy.ts';
import { makeBrokenRelease } from './support/next-release.ts';
import { siblingDatabase, siblingRedis } from './support/siblings.ts';
import { openStack } from './support/stack.ts';

// Uses its own database and Redis, because the previous test destroyed the stack.
const deployed = openStack();
const database = `failed_update_${randomUUID().slice(0, 8)}`;
const stack = {
  ...deployed,
  databaseUrl: siblingDatabase(deployed.databaseUrl, database),
  redisUrl: siblingRedis(deployed.redisUrl, 2),
};
const repository = join(import.meta.dirname, '..', '..');
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(() => administer(deployed.databaseUrl, `create database ${database}`));

afterAll(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await administer(deployed.databaseUrl, `drop database if exists ${database} with (force)`);
});

test('a failed migration fails the deployment with its own error, and leaves the system working', async () => {
  const outputs = await deploy(stack, { ...stack, cwd: repository });
  const api = await openApi({ ...stack, outputs });
  const title = await api.readTitle();
  const directory = await mkdtemp(join(tmpdir(), 'belfry-broken-release-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  await makeBrokenRelease(directory);

  await expect(deploy(stack, { ...stack, cwd: directory })).rejects.toThrow(/division by zero/);

  expect(await api.readTitle()).toBe(title);
  const target = await startTarget(stack.targetHost);
  cleanups.push(target.close);
  const schedule = new Date(Date.now() + 5_000).toISOString();
  await api.createJob({ schedule, api: target.url, isRecurring: false });
  await until(() => target.requests.length > 0, { timeoutMs: 30_000 });
  // LocalStack loses the ids of the stack's resources when an update fails.
  if (!stack.limits.losesStackOnFailedUpdate) await destroy(stack, { ...stack, cwd: repository });
});
