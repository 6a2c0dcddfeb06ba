import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { GetScheduleCommand, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { createSchedulerClient } from '../../lib/eventbridge/client.ts';
import { timings } from '../../lib/topology.ts';
import { until } from '../support/manual-clock.ts';
import { startTarget, type Target } from '../support/target.ts';
import { administer } from './support/administer.ts';
import { type Api, openApi } from './support/api.ts';
import { REGION } from './support/cdk.ts';
import { contextOf, deployStack, destroyStack, outputsSchema } from './support/deploy.ts';
import { openStack } from './support/stack.ts';

/** An app of somebody's own beside ours, with a database and a Redis of its own, whose tick sleeps. */

const stack = openStack();
const name = `theirs-${randomUUID().slice(0, 8)}`;
const database = name.replaceAll('-', '_');
const cdk = { ...stack, cwd: join(import.meta.dirname, '..', '..') };
const theirApp = ['--app', `node ${join('test', 'aws', 'support', 'theirs.ts')}`];
let target: Target;

// A rule cannot sleep.
const canHibernate = stack.tick === 'schedule';

const argsFor = (jobs: object, { hibernates }: { hibernates: boolean }): string[] => {
  const databaseUrl = new URL(stack.databaseUrl);
  databaseUrl.pathname = `/${database}`;
  const redisUrl = new URL(stack.redisUrl);
  redisUrl.pathname = '/1';
  const context = {
    name,
    databaseUrl: databaseUrl.href,
    redisUrl: redisUrl.href,
    jobs: JSON.stringify(jobs),
    tick: stack.tick,
    hibernates: String(hibernates),
    allowedNetworks: stack.allowedNetworks,
  };
  return [...theirApp, ...contextOf(context)];
};

const outputs = outputsSchema.pick({ ApiId: true, ApiStage: true, AdminKeySecretArn: true });
const deployWith = (jobs: object, settings = { hibernates: canHibernate }) =>
  deployStack(name, outputs, argsFor(jobs, settings), cdk);

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

test(
  'declared jobs are there after a deploy, change with it, and go when they are no longer declared',
  {
    timeout: 600_000,
  },
  async () => {
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

    // LocalStack could not destroy the stack after that.
    if (!stack.limits.losesStackOnFailedUpdate) {
      await expect(deployWith({ yearly, broken: { schedule: 'never', api: target.url } })).rejects.toThrow(
        /broken[^]*schedule/,
      );
    }
    if (canHibernate) await checkSleep(api);
    await destroyStack(name, argsFor({}, { hibernates: false }), cdk);
  },
);

/**
 * Nothing is due before January: ticks stop, and come again for a job that is due sooner. They stop again, and come again when
 * the stack hibernates no more.
 */
async function checkSleep(api: Api): Promise<void> {
  const scheduler = createSchedulerClient({
    region: REGION,
    endpoint: stack.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const stateOf = async (schedule: string) =>
    (await scheduler.send(new GetScheduleCommand({ Name: schedule, GroupName: name }))).State;
  const asleep = () =>
    until(async () => (await stateOf('tick-hibernating')) === 'DISABLED', {
      timeoutMs: 150_000,
      everyMs: 500,
    });
  const onceIn = (seconds: number) =>
    api.createJob({
      schedule: new Date(Date.now() + seconds * 1_000).toISOString(),
      api: target.url,
      isRecurring: false,
    });
  await asleep();
  await onceIn(20 * 60);
  expect(await stateOf('tick-hibernating')).toBe('ENABLED');
  await asleep();

  await deployWith({ yearly: { schedule: '0 4 1 1 *', api: target.url } }, { hibernates: false });
  expect(await stateOf('tick')).toBe('ENABLED');
  await expect(stateOf('tick-hibernating')).rejects.toThrow(ResourceNotFoundException);
  // Nothing but a tick brings it into the queue: it is due after what the API looks ahead.
  const job = await onceIn(timings.lookAheadMs / 1_000 + 20);
  await until(async () => (await api.listUpcoming(job.id)).length > 0, { timeoutMs: 120_000, everyMs: 500 });
  scheduler.destroy();
}
