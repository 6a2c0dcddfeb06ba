import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import {
  ExecutionEndedError,
  ExecutionNotFoundError,
  ExecutionNotRetryableError,
} from '../../lib/domain/errors.ts';
import type { ExecutionStatus } from '../../lib/domain/execution.ts';
import type { ExecutionFilter } from '../../lib/domain/execution-filter.ts';
import { explainExecution } from '../../lib/domain/explain.ts';
import type { Job } from '../../lib/domain/job.ts';
import type { UpcomingPlace } from '../../lib/domain/upcoming.ts';
import { pageOf } from './memory-jobs.ts';
import { anExecution, executionsOf, getExecutionRecord, pageOfUpcoming } from './sample-executions.ts';

type Jobs = { jobs: ReadonlyMap<number, Job>; get: (id: number) => Promise<Job> };

/** Each job has a success and a failure, and an execution that was dispatched at `startMs`. */
export function memoryExecutions(startMs: number, { jobs, get }: Jobs) {
  const of = (jobId: number) => executionsOf(startMs, jobId);
  const all = () => [...jobs.keys()].flatMap(of);
  const upcomingOf = (jobId: number, limit: number, after: UpcomingPlace | undefined) =>
    pageOfUpcoming(of(jobId)[0]!, limit, after);
  return {
    listHistory: async (
      jobId: number,
      { limit, status, withTotal }: Parameters<ApiDeps['listHistory']>[1],
    ) => {
      await get(jobId);
      const items = of(jobId).filter((execution) => status === undefined || execution.status === status);
      return pageOf(items, limit, withTotal);
    },
    readJobStats: async (jobId: number) => {
      await get(jobId);
      const quantiles = { p50: 12.5, p99: 12.5, max: 12.5 };
      const outcomes = {
        succeeded: 1,
        failed: 1,
        cancelled: 0,
        skipped: 0,
        open: 0,
        durationMs: quantiles,
        latenessMs: null,
      };
      const at = of(jobId)[0]!.executionTime;
      return {
        executions: 2,
        isCapped: false,
        oldestAt: at,
        stepSeconds: 900,
        points: [{ at, ...outcomes }],
        ...outcomes,
      };
    },
    getExecution: async (id: number) => getExecutionRecord(all(), id),
    explainExecution: async (id: number) => {
      const found = getExecutionRecord(all(), id);
      return explainExecution(found.execution, found.attempts, { now: new Date(startMs), queue: undefined });
    },
    listExecutions: async (
      filter: ExecutionFilter,
      { limit, after }: Parameters<ApiDeps['listExecutions']>[1],
    ) => {
      const items = all().filter(({ status }) => isIn(filter, status));
      const behind = items.slice(items.findIndex(({ id }) => id === after?.id) + 1);
      const shown = behind.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown,
        next: behind.length > limit && last ? { timeUs: last.timeUs, id: last.id } : undefined,
      };
    },
    listJobUpcoming: async (jobId: number, { limit, after }: Parameters<ApiDeps['listJobUpcoming']>[1]) => {
      await get(jobId);
      return upcomingOf(jobId, limit, after);
    },
    listAllUpcoming: async ({ limit, after }: Parameters<ApiDeps['listAllUpcoming']>[0]) => ({
      ...upcomingOf(1, limit, after),
      isCapped: false,
    }),
    runJob: async (jobId: number) => {
      await get(jobId);
      return { ...anExecution(startMs, 3, jobId), trigger: 'MANUAL' as const };
    },
    retryExecution: async (originId: number, { force }: { force: boolean }) => {
      if (originId > 2) throw new ExecutionNotFoundError(originId);
      if (originId === 1 && !force) throw new ExecutionNotRetryableError('it has succeeded');
      return { ...anExecution(startMs, 3, 1), trigger: 'REDRIVE' as const, originId };
    },
    // Execution 1 waits, execution 2 runs, and execution 3 has ended.
    cancelExecution: async (id: number) => {
      if (id > 3) throw new ExecutionNotFoundError(id);
      if (id === 3) throw new ExecutionEndedError(id, 'SUCCESS');
      const status = id === 1 ? ('CANCELLED' as const) : ('RUNNING' as const);
      return { ...anExecution(startMs, id, 1), status, cancelRequestedAt: new Date(startMs) };
    },
  };
}

const isIn = ({ statuses }: ExecutionFilter, status: ExecutionStatus): boolean =>
  statuses === undefined || statuses.some((wanted) => wanted === status);
