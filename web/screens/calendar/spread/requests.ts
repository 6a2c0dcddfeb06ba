import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { BusyMinute } from '../../../api/load.ts';
import type { DryRun, Operation } from '../../../api/types.ts';
import { begin, dryRun } from '../../../components/operation/requests.ts';
import type { SpreadSeconds } from '../../../components/operation/spread-window.tsx';
import { tellFailure } from '../../../components/toasts.tsx';

/** A schedule that several jobs may have. */
export type SharedSchedule = { schedule: string; timeZone: string };

/** What a spread would do to the jobs of a schedule. */
export type SchedulePlan = SharedSchedule & Pick<DryRun, 'matched' | 'spread' | 'token'>;

/** The schedules of a minute that may be spread. Instants, and intervals, have no time zone or no schedule. */
export const sharedSchedules = (parts: BusyMinute['schedules']): SharedSchedule[] =>
  parts.flatMap(({ schedule, timeZone }) =>
    schedule === null || timeZone === null ? [] : [{ schedule, timeZone }],
  );

const operationOf = (filter: SharedSchedule, within: SpreadSeconds) => ({
  action: 'spread' as const,
  filter: { schedule: filter.schedule, timeZone: filter.timeZone },
  spread: { withinSeconds: Number(within) },
});

/** Whether the jobs of a schedule get other times. */
export const isMoved = ({ spread }: SchedulePlan): boolean => spread?.example != null;

/** Asks what a spread would do to each schedule. */
export const spreadQuery = (schedules: readonly SharedSchedule[], within: SpreadSeconds) =>
  queryOptions({
    queryKey: ['spread', within, schedules],
    queryFn: ({ signal }) =>
      Promise.all(
        schedules.map(async (each): Promise<SchedulePlan> => ({
          ...each,
          ...(await dryRun(operationOf(each, within), signal)),
        })),
      ),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });

/** Starts one operation for each schedule. If one cannot be started, the operations before it continue. */
export async function startSpread(
  plans: readonly SchedulePlan[],
  within: SpreadSeconds,
  reason: string,
): Promise<Operation[]> {
  const started: Operation[] = [];
  for (const plan of plans) {
    try {
      started.push(await begin(operationOf(plan, within), plan.token, reason));
    } catch (error) {
      if (started.length === 0) throw error;
      tellFailure(`${plan.schedule} was not spread`, error);
      break;
    }
  }
  return started;
}
