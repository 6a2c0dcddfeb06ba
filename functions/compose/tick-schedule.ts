import type { Config } from '../../lib/config.ts';
import { createSchedulerClient } from '../../lib/eventbridge/client.ts';
import { makeTickSchedule, type TickSchedule } from '../../lib/eventbridge/tick-schedule.ts';

/** Undefined where the minute tick is never to be turned off: no row of hibernation is read or written then. */
export function tickScheduleOf({ region, hibernate }: Config): TickSchedule | undefined {
  if (hibernate === undefined) return undefined;
  return makeTickSchedule({ scheduler: createSchedulerClient({ region }), ...hibernate });
}
