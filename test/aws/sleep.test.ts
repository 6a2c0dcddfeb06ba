import { GetScheduleCommand, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSchedulerClient } from '../../lib/eventbridge/client.ts';
import { timings } from '../../lib/topology.ts';
import { until } from '../support/waiting.ts';
import { startTarget, type Target } from '../support/target.ts';
import type { Api } from './support/api.ts';
import { REGION } from './support/cdk.ts';
import { openStack } from './support/stack.ts';
import { makeTheirStack } from './support/their-stack.ts';

const stack = openStack();
const theirs = makeTheirStack(stack, { redisOffset: 3 });
const scheduler = createSchedulerClient({
  region: REGION,
  endpoint: stack.endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

// A rule cannot sleep.
const canHibernate = stack.tick === 'schedule';
let target: Target;

beforeAll(async () => {
  await theirs.createDatabase();
  target = await startTarget(stack.targetHost);
});

afterAll(async () => {
  scheduler.destroy();
  await target.close();
  await theirs.dropDatabase();
});

const stateOf = async (schedule: string) =>
  (await scheduler.send(new GetScheduleCommand({ Name: schedule, GroupName: theirs.name }))).State;

const asleep = () =>
  until(async () => (await stateOf('tick-hibernating')) === 'DISABLED', {
    timeoutMs: 150_000,
    everyMs: 500,
  });

const createOneTimeJob = (api: Api, dueInSeconds: number) =>
  api.createJob({
    schedule: new Date(Date.now() + dueInSeconds * 1_000).toISOString(),
    api: target.url,
    isRecurring: false,
  });

test.skipIf(!canHibernate)(
  'a stack without jobs due soon stops its tick, and ticks again for an earlier job and when it no longer hibernates',
  { timeout: 600_000 },
  async () => {
    const jobs = { yearly: { schedule: '0 4 1 1 *', api: target.url } };
    const api = await theirs.deploy({ jobs, hibernates: true });
    await asleep();
    await createOneTimeJob(api, 20 * 60);
    expect(await stateOf('tick-hibernating')).toBe('ENABLED');
    await asleep();

    await theirs.deploy({ jobs, hibernates: false });
    expect(await stateOf('tick')).toBe('ENABLED');
    await expect(stateOf('tick-hibernating')).rejects.toThrow(ResourceNotFoundException);
    // Only a tick brings the job into the queue: it is due after what the API looks ahead.
    const job = await createOneTimeJob(api, timings.lookAheadMs / 1_000 + 20);
    await until(async () => (await api.listUpcoming(job.id)).length > 0, {
      timeoutMs: 120_000,
      everyMs: 500,
    });
    await theirs.destroy();
  },
);
