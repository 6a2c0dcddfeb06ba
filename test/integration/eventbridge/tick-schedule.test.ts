import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { makeTickSchedule, type TickSchedule } from '../../../lib/eventbridge/tick-schedule.ts';
import {
  startScheduleServer,
  type ScheduleCall,
  type ScheduleServer,
} from '../../support/schedule-server.ts';

const AT = new Date('2030-03-04T10:57:00Z');
const ONE_TIME = 'tick-at-20300304T105700';

/** A schedule with every field that an update could lose. */
const minuteSchedule = {
  Name: 'tick',
  GroupName: 'belfry',
  Description: 'Ticks every minute',
  ScheduleExpression: 'rate(1 minute)',
  ScheduleExpressionTimezone: 'Europe/Vienna',
  EndDate: 4_000_000_000,
  ActionAfterCompletion: 'NONE',
  KmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/one',
  State: 'ENABLED',
  FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1 },
  Target: {
    Arn: 'arn:aws:lambda:us-east-1:000000000000:function:scheduler',
    RoleArn: 'arn:aws:iam::000000000000:role/tick',
    Input: '{}',
    DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:tick-dead' },
    RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
  },
};

let server: ScheduleServer;
let ticks: TickSchedule;
const tickSchedule = (operationTimeoutMs?: number) =>
  makeTickSchedule({
    scheduler: server.client,
    scheduleName: 'tick',
    groupName: 'belfry',
    ...(operationTimeoutMs === undefined ? {} : { operationTimeoutMs }),
  });

beforeEach(async () => {
  server = await startScheduleServer();
  server.schedules.set('tick', { ...minuteSchedule });
  ticks = tickSchedule();
});
afterEach(() => server.close());

/** Refuses the first calls of a kind. */
const refuse = (method: ScheduleCall['method'], times: number, status: number, code: string) => {
  let left = times;
  server.intercept((call) => (call.method === method && left-- > 0 ? { status, code } : undefined));
};

describe('the minute schedule', () => {
  test('the minute schedule is turned off and on, and keeps everything else', async () => {
    await ticks.switchOff();
    expect(server.schedules.get('tick')).toEqual({ ...minuteSchedule, State: 'DISABLED' });
    await ticks.switchOn();
    expect(server.schedules.get('tick')).toEqual(minuteSchedule);
  });

  test('the minute schedule is turned on even when EventBridge Scheduler says it is on, because that may be out of date', async () => {
    await ticks.switchOn();
    expect(server.done).toEqual(['GET tick', 'PUT tick ENABLED']);
  });

  test('the minute schedule is updated although its start has passed, which an update must not contain', async () => {
    server.schedules.set('tick', { ...minuteSchedule, StartDate: 1_000_000_000 });
    await ticks.switchOff();
    expect(server.schedules.get('tick')).toEqual({ ...minuteSchedule, State: 'DISABLED' });
  });

  test('the minute schedule is updated while someone else updates it too', async () => {
    refuse('PUT', 2, 409, 'ConflictException');
    await ticks.switchOff();
    expect(server.schedules.get('tick')).toMatchObject({ State: 'DISABLED' });
  });

  test('the minute schedule is updated when EventBridge Scheduler throttles at first', async () => {
    refuse('PUT', 2, 429, 'ThrottlingException');
    await ticks.switchOff();
    expect(server.schedules.get('tick')).toMatchObject({ State: 'DISABLED' });
  });

  test.each([
    [429, 'ThrottlingException'],
    [500, 'InternalServerException'],
    [409, 'ConflictException'],
    [403, 'AccessDeniedException'],
  ])(
    'the minute schedule is left as it is when EventBridge Scheduler keeps answering %i %s',
    async (status, code) => {
      refuse('PUT', 100, status, code);
      await expect(ticks.switchOff()).rejects.toThrow(UnavailableError);
      expect(server.schedules.get('tick')).toEqual(minuteSchedule);
    },
  );

  test.each(['hang', 'lose'] as const)(
    'the minute schedule does not keep its caller waiting when the answers %s',
    async (fault) => {
      server.intercept(() => fault);
      const startedMs = performance.now();
      await expect(tickSchedule(150).switchOff()).rejects.toThrow(UnavailableError);
      expect(performance.now() - startedMs).toBeLessThan(1_500);
    },
  );
});

describe('a one-time tick', () => {
  test('a one-time tick has the target of the minute schedule and runs once, at a second of UTC', async () => {
    await ticks.tickOnceAt(AT);
    expect(server.schedules.get(ONE_TIME)).toEqual({
      Name: ONE_TIME,
      GroupName: 'belfry',
      Description: 'One tick, while the minute schedule is off',
      State: 'ENABLED',
      ScheduleExpression: 'at(2030-03-04T10:57:00)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: minuteSchedule.Target,
    });
  });

  test('a one-time tick may be requested twice', async () => {
    await ticks.tickOnceAt(AT);
    await ticks.tickOnceAt(AT);
    expect([...server.schedules.keys()]).toEqual(['tick', ONE_TIME]);
  });

  test('a one-time tick is removed, and may already be gone', async () => {
    await ticks.tickOnceAt(AT);
    await ticks.dropTickAt(AT);
    await ticks.dropTickAt(AT);
    expect([...server.schedules.keys()]).toEqual(['tick']);
  });
});

test('a name that is too long for the name of a one-time schedule is refused at the start', () => {
  const of = (scheduleName: string) =>
    makeTickSchedule({ scheduler: server.client, scheduleName, groupName: 'g' });
  expect(() => of('x'.repeat(45))).not.toThrow();
  expect(() => of('x'.repeat(46))).toThrow('is too long');
});
