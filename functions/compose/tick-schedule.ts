import type { Config } from '../../lib/config.ts';
import { createSchedulerClient } from '../../lib/eventbridge/client.ts';
import { makeTickSchedule, type TickSchedule } from '../../lib/eventbridge/tick-schedule.ts';

/** Returns the tick schedule; undefined if there is no hibernation. Then no row of hibernation is read or written. */
export function tickScheduleOf({ region, hibernate }: Config): TickSchedule | undefined {
  if (hibernate === undefined) return undefined;
  return makeTickSchedule({ scheduler: createSchedulerClient({ region }), ...hibernate });
}
