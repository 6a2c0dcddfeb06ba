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

/** Maximum duration of one operation with its retries. The API's caller waits for it. */
export const OPERATION_TIMEOUT_MS = 5_000;

const MAX_UPDATES = 3;
/** EventBridge Scheduler's limit. */
const MAX_NAME_LENGTH = 64;

/**
 * The schedules in EventBridge Scheduler that invoke the tick: the minute schedule, which the stack created, and the one-time
 * schedules that replace it during hibernation. Every operation may be repeated, and ends within five seconds.
 *
 * Each operation throws UnavailableError when EventBridge Scheduler does not answer or refuses. It may have taken effect.
 */
export type TickSchedule = {
  switchOn: () => Promise<void>;
  switchOff: () => Promise<void>;
  /** Creates a one-time schedule that ticks at the instant (UTC, without fractions of a second) and is then deleted. */
  tickOnceAt: (instant: Date) => Promise<void>;
  /** Deletes the one-time schedule for the instant, if it still exists. */
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
      `the name of the minute schedule is too long: ${Name}; the name of a one-time schedule, which appends an instant, would exceed ${MAX_NAME_LENGTH} characters`,
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
          // Updates even if the schedule already has this state, because the read may be older than the last update.
          await scheduler.send(
            new UpdateScheduleCommand({ ...carriedOver(stored), Name, GroupName, State }),
            options,
          );
          return;
        } catch (error) {
          // Another caller is updating the schedule.
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
          // The schedule already exists. It is the same one, because its name determines its content.
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
 * Returns the name of a one-time schedule. Each instant has a separate name: EventBridge deletes a one-time schedule some time
 * after it has ticked, and a new schedule with the same name could be deleted with it.
 */
function oneTimeName(scheduleName: string, instant: Date): string {
  return `${scheduleName}-at-${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`;
}

/**
 * Returns the settings that an update must repeat. An update replaces the whole schedule, and settings that it omits return to
 * their defaults. Only the start is omitted: AWS refuses a start in the past, and a running schedule needs none.
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
