import type { ExecutionStatus, ExecutionTrigger } from './execution.ts';

/** An execution that has not ended. */
export type OpenExecution = {
  id: number;
  jobId: number;
  executionTime: Date;
  status: Extract<ExecutionStatus, 'SCHEDULED' | 'RUNNING' | 'RETRYING'>;
  trigger: ExecutionTrigger;
};

/**
 * Selects executions that a schedule asked for, that are still in the future and that no worker has claimed. Executions that are
 * already due still run.
 */
export const isToComeAfter =
  (now: Date) =>
  ({ status, trigger, executionTime }: OpenExecution): boolean =>
    trigger === 'SCHEDULE' && status === 'SCHEDULED' && executionTime > now;

/** Selects executions that a schedule asked for. A pause leaves the others alone: a person may run a paused job. */
export const isOfSchedule = ({ trigger }: OpenExecution): boolean => trigger === 'SCHEDULE';

/** Selects executions with an attempt that runs or waits for a retry, except for reports. */
export const hasBegun = ({ status, trigger }: OpenExecution): boolean =>
  status !== 'SCHEDULED' && trigger !== 'CALLBACK';
