import { randomUUID } from 'node:crypto';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  type GetScheduleOutput,
} from '@aws-sdk/client-scheduler';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { composeJobUseCases } from '../../functions/compose/job-use-cases.ts';
import { composeTick } from '../../functions/compose/tick.ts';
import { migrate } from '../../lib/db/migrate.ts';
import { readHibernation } from '../../lib/db/hibernation.ts';
import { connectRedis } from '../../lib/redis/client.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { makePublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { createSchedulerClient } from '../../lib/eventbridge/client.ts';
import { makeTickSchedule } from '../../lib/eventbridge/tick-schedule.ts';
import { aJob } from '../support/a-job.ts';
import { openPool } from '../support/belfry-database.ts';
import { RETENTION_DAYS } from '../support/belfry.ts';
import { defaultSettings } from '../support/default-settings.ts';
import { makeTestDataKeys } from '../support/key-rings.ts';
import { until } from '../support/waiting.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { administer } from './support/administer.ts';
import { ACCOUNT, REGION } from './support/cdk.ts';
import { siblingDatabase } from './support/siblings.ts';
import { openSqs, openStack } from './support/stack.ts';

// Uses its own schedules, next to the stack. They tick into a queue, where the test counts ticks.
const stack = openStack();
const sqs = openSqs(stack);
const scheduler = createSchedulerClient({
  region: REGION,
  endpoint: stack.endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const run = randomUUID().slice(0, 8);
const groupName = `hibernate-${run}`;
const queueName = `hibernate-${run}`;
const database = `hibernate_${run}`;
let queueUrl: string;
let scheduleName: string;

beforeAll(async () => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: queueName }));
  queueUrl = QueueUrl;
  await scheduler.send(new CreateScheduleGroupCommand({ Name: groupName }));
  await administer(stack.databaseUrl, `create database ${database}`);
});

afterAll(async () => {
  await administer(stack.databaseUrl, `drop database if exists ${database} with (force)`);
  await scheduler.send(new DeleteScheduleGroupCommand({ Name: groupName }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
  scheduler.destroy();
  sqs.destroy();
});

beforeEach(async () => {
  scheduleName = `tick-${randomUUID().slice(0, 8)}`;
  await scheduler.send(
    new CreateScheduleCommand({
      Name: scheduleName,
      GroupName: groupName,
      Description: 'Ticks every minute',
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queueName}`,
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/tick`,
        Input: '{"kind":"tick"}',
        RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 },
      },
    }),
  );
});

const openTicks = () => makeTickSchedule({ scheduler, scheduleName, groupName });

const readSchedule = (name = scheduleName): Promise<GetScheduleOutput> =>
  scheduler.send(new GetScheduleCommand({ Name: name, GroupName: groupName }));

/** Reads the one-time schedule of an instant by its name; undefined if there is none. */
const findOneTime = async (instant: Date): Promise<GetScheduleOutput | undefined> => {
  try {
    return await readSchedule(
      `${scheduleName}-at-${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`,
    );
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const receiveTick = async (): Promise<string | undefined> => {
  const receive = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    WaitTimeSeconds: 1,
    MaxNumberOfMessages: 1,
  });
  const message = (await sqs.send(receive)).Messages?.[0];
  if (message === undefined) return undefined;
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
  return message.Body;
};

const untilTick = (): Promise<string> => until(receiveTick, { timeoutMs: 150_000, everyMs: 100 });

// LocalStack keeps schedules, and fires none.
test.skipIf(stack.limits.firesNoSchedules)(
  'the minute tick is off while Belfry hibernates, a one-time tick runs instead, and the minute tick comes back',
  async () => {
    const ticks = openTicks();
    const before = await readSchedule();
    await ticks.switchOff();
    // Later than a minute tick would come. So if this tick is the first one, the minute tick is off.
    const instant = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 75_000);
    await ticks.tickOnceAt(instant);
    expect(await findOneTime(instant)).toMatchObject({
      ScheduleExpression: `at(${instant.toISOString().slice(0, 19)})`,
      ActionAfterCompletion: 'DELETE',
      Target: before.Target,
    });
    expect(await untilTick()).toBe('{"kind":"tick"}');
    expect(Date.now()).toBeGreaterThanOrEqual(instant.getTime());
    await until(async () => (await findOneTime(instant)) === undefined, { timeoutMs: 90_000, everyMs: 500 });
    expect(await receiveTick()).toBeUndefined();

    await ticks.switchOn();
    expect(await untilTick()).toBe('{"kind":"tick"}');
    const { LastModificationDate: _, ...after } = await readSchedule();
    const { LastModificationDate: __, ...unchanged } = before;
    expect({ ...after, $metadata: {} }).toEqual({ ...unchanged, $metadata: {} });
  },
);

test('a tick without upcoming jobs turns itself off until the next job is near, and a job due sooner turns it on', async () => {
  const pool = openPool(siblingDatabase(stack.databaseUrl, database));
  const redis = connectRedis(stack.redisUrl, { onError: () => {}, connectionName: database });
  try {
    await migrate(pool, new Date());
    const parts = {
      pool,
      ticks: openTicks(),
      queue: makeQueue(redis, { tag: database }),
      publishWakeUps: makePublishWakeUps({ sqs, queueUrl, clock: systemClock, timeoutMs: 5_000 }),
      // The database is on this machine, and uses its clock.
      clock: { ...systemClock, check: async () => {} },
      logger: silentLogger,
      dataKeys: makeTestDataKeys(),
      settings: defaultSettings,
      retentionDays: RETENTION_DAYS,
      auditRetentionDays: 400,
      callbackTargets: { failure: undefined, recovery: undefined },
    };
    const runTick = composeTick(parts);
    const { createJob } = composeJobUseCases(parts);
    const onceIn = (minutes: number) =>
      createJob(
        aJob({ schedule: new Date(Date.now() + minutes * 60_000).toISOString(), isRecurring: false }),
      );
    const tick = () => runTick({ deadlineMs: Date.now() + 50_000 });
    const expectAsleep = async (minutes: number) => {
      expect(await readSchedule()).toMatchObject({ State: 'DISABLED' });
      const { state, sleepsUntil } = await readHibernation(pool);
      expect(state).toBe('asleep');
      const sleepsForMs = sleepsUntil!.getTime() - Date.now();
      expect(sleepsForMs).toBeGreaterThan((minutes - 1) * 60_000);
      expect(sleepsForMs).toBeLessThanOrEqual(minutes * 60_000);
      expect(await findOneTime(sleepsUntil!)).toMatchObject({ State: 'ENABLED' });
      return sleepsUntil!;
    };

    // A sleep ends a minute before a tick would look ahead to the next job.
    const leadMinutes = defaultSettings.lookAheadMs / 60_000 + 1;
    await onceIn(120);
    await tick();
    const first = await expectAsleep(120 - leadMinutes);
    await onceIn(180);
    await expectAsleep(120 - leadMinutes);
    await onceIn(60);
    expect(await readSchedule()).toMatchObject({ State: 'ENABLED' });
    await tick();
    await expectAsleep(60 - leadMinutes);
    expect(await findOneTime(first)).toBeUndefined();
  } finally {
    redis.disconnect();
    await pool.end();
  }
});
