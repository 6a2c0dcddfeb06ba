import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  UpdateScheduleCommand,
  type GetScheduleOutput,
  type SchedulerClient,
  type UpdateScheduleInput,
} from '@aws-sdk/client-scheduler';
import { UnavailableError } from '../domain/errors.ts';

/** What one operation takes at most, its further attempts included: the API's caller waits for it. */
export const OPERATION_TIMEOUT_MS = 5_000;

const MAX_UPDATES = 3;
/** EventBridge Scheduler's limit. */
const MAX_NAME_LENGTH = 64;

/**
 * The schedules that tick, in EventBridge Scheduler: the minute schedule, which the stack made, and the one-time
 * schedules that stand in for it. Every operation may be repeated, and ends within five seconds.
 *
 * Each throws UnavailableError when EventBridge Scheduler does not answer or refuses; what was asked may have taken effect.
 */
export type TickSchedule = {
  switchOn: () => Promise<void>;
  switchOff: () => Promise<void>;
  /** One tick at the instant (whole seconds, UTC), by a schedule that then goes. */
  tickOnceAt: (instant: Date) => Promise<void>;
  /** Takes that back; nothing to do when it is gone. */
  dropTickAt: (instant: Date) => Promise<void>;
};

export function makeTickSchedule(deps: {
  scheduler: SchedulerClient;
  scheduleName: string;
  groupName: string;
  operationTimeoutMs?: number;
}): TickSchedule {
  const { scheduler, scheduleName: Name, groupName: GroupName } = deps;
  const nameAt = (instant: Date): string => oneTimeName(Name, instant);
  if (nameAt(new Date(0)).length > MAX_NAME_LENGTH)
    throw new Error(
      `the name of the minute schedule leaves no room for that of a one-time schedule: ${Name}`,
    );

  type Operation = (options: { abortSignal: AbortSignal }) => Promise<void>;
  const bounded = async (operation: Operation): Promise<void> => {
    const abortSignal = AbortSignal.timeout(deps.operationTimeoutMs ?? OPERATION_TIMEOUT_MS);
    try {
      await operation({ abortSignal });
    } catch (error) {
      throw new UnavailableError('EventBridge Scheduler', { cause: error });
    }
  };

  const setState = (State: 'ENABLED' | 'DISABLED'): Promise<void> =>
    bounded(async (options) => {
      for (let tries = 1; ; tries += 1) {
        const stored = await scheduler.send(new GetScheduleCommand({ Name, GroupName }), options);
        try {
          // Even when it says that it is so already: what it says may be older than the last update.
          await scheduler.send(
            new UpdateScheduleCommand({ ...carriedOver(stored), Name, GroupName, State }),
            options,
          );
          return;
        } catch (error) {
          // Somebody else is updating it.
          if (!(error instanceof ConflictException) || tries === MAX_UPDATES) throw error;
        }
      }
    });

  return {
    switchOn: () => setState('ENABLED'),
    switchOff: () => setState('DISABLED'),
    tickOnceAt: (instant) =>
      bounded(async (options) => {
        const { Target } = carriedOver(
          await scheduler.send(new GetScheduleCommand({ Name, GroupName }), options),
        );
        const oneTime = new CreateScheduleCommand({
          Name: nameAt(instant),
          GroupName,
          Description: 'One tick, while the minute schedule is off',
          ScheduleExpression: `at(${instant.toISOString().slice(0, 19)})`,
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target,
        });
        try {
          await scheduler.send(oneTime, options);
        } catch (error) {
          // The name says all that it does: it is there already.
          if (!(error instanceof ConflictException)) throw error;
        }
      }),
    dropTickAt: (instant) =>
      bounded(async (options) => {
        try {
          await scheduler.send(new DeleteScheduleCommand({ Name: nameAt(instant), GroupName }), options);
        } catch (error) {
          if (!(error instanceof ResourceNotFoundException)) throw error;
        }
      }),
  };
}

/**
 * A name of its own for each instant: EventBridge deletes a one-time schedule some time after it has ticked, and an
 * update that reused the name could be deleted along with it.
 */
function oneTimeName(scheduleName: string, instant: Date): string {
  return `${scheduleName}-at-${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`;
}

/**
 * An update replaces everything: what it leaves out would go back to its default. Only the start is left out: one that
 * lies in the past is refused, and a schedule that has begun needs none.
 */
function carriedOver(stored: GetScheduleOutput): Omit<UpdateScheduleInput, 'Name' | 'GroupName' | 'State'> {
  const { ScheduleExpression, FlexibleTimeWindow, Target } = stored;
  if (!ScheduleExpression || !FlexibleTimeWindow || !Target)
    throw new Error('the minute schedule is incomplete');
  return {
    ScheduleExpression,
    ScheduleExpressionTimezone: stored.ScheduleExpressionTimezone,
    EndDate: stored.EndDate,
    Description: stored.Description,
    KmsKeyArn: stored.KmsKeyArn,
    ActionAfterCompletion: stored.ActionAfterCompletion,
    FlexibleTimeWindow,
    Target,
  };
}
