import { readHibernation } from '../../../lib/db/hibernation.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { makeTickSchedule } from '../../../lib/eventbridge/tick-schedule.ts';
import { compose, createBelfry, type Parts } from '../../support/belfry.ts';
import { startScheduleServer } from '../../support/schedule-server.ts';

export const START = '2030-03-04T10:00:00.000Z';
export const MINUTE = 60_000;

export type Hibernating = Awaited<ReturnType<typeof createHibernating>>;

/** A whole Belfry whose minute tick is a schedule in its own schedule server. */
export async function createHibernating() {
  const belfry = await createBelfry(START);
  const server = await startScheduleServer();
  server.schedules.set('tick', {
    Name: 'tick',
    GroupName: 'belfry',
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: 'arn:aws:lambda:us-east-1:000000000000:function:scheduler',
      RoleArn: 'arn:aws:iam::0:role/tick',
    },
  });
  const ticks = makeTickSchedule({ scheduler: server.client, scheduleName: 'tick', groupName: 'belfry' });
  const logged: string[] = [];
  const log = (event: string): void => void logged.push(event);
  const logger = { info: () => {}, warn: log, error: log, startInvocation: () => {} };
  const parts = { ...belfry.parts, ticks, logger };
  const withParts = (changed: Partial<Parts> = {}) => compose({ ...parts, ...changed });
  return {
    ...belfry,
    ...withParts(),
    parts,
    server,
    ticks,
    /** Warnings and errors. */
    logged,
    withParts,
    /** One tick, with or without parts of its own. */
    tick: (changed?: Partial<Parts>) => withParts(changed).runTick(belfry.inMs(50_000)),
    read: () => readHibernation(belfry.pool),
    unavailable: () => Promise.reject(new UnavailableError('PostgreSQL')),
    isMinuteTickOn: () => server.schedules.get('tick')?.['State'] === 'ENABLED',
    /** The times of the one-time schedules, such as `10:57:00`. */
    oneTimeTicks: () =>
      [...server.schedules.values()]
        .map((schedule) => /^at\(.*T(.*)\)$/.exec(String(schedule['ScheduleExpression']))?.[1])
        .filter((time) => time !== undefined)
        .sort(),
    /** Does what EventBridge does: the one-time schedule is deleted after it has run. */
    dropOneTimeTicks: () => {
      for (const name of server.schedules.keys()) if (name !== 'tick') server.schedules.delete(name);
    },
    dispatched: async (jobId: number) =>
      (await belfry.executions(jobId)).map((execution) =>
        execution.executionTime.toISOString().slice(11, 19),
      ),
    close: async () => {
      await server.close();
      await belfry.close();
    },
  };
}
