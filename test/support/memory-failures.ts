import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import { FailureGroupNotFoundError } from '../../lib/domain/errors.ts';
import type { FailureGroup } from '../../lib/domain/failure-group.ts';

/** One group of failures. */
export function memoryFailures(startMs: number) {
  const aFailureGroup: FailureGroup = {
    id: 1,
    host: 'example.com',
    path: '/hook/{n}',
    reason: 'STATUS_NOT_SUCCESS',
    statusCode: 503,
    message: 'the target answered {n}',
    executions: 3,
    jobs: 2,
    firstFailedAt: new Date(startMs),
    lastFailedAt: new Date(startMs),
    sampleExecutionId: 2,
    sampleJobId: 1,
    state: 'OPEN',
    ignoredUntil: null,
    resolvedAt: null,
    days: [{ date: '2030-03-04', executions: 3 }],
  };

  return {
    listFailures: async ({ limit }: Parameters<ApiDeps['listFailures']>[0]) => ({
      items: [aFailureGroup].slice(0, limit),
      hasMore: true,
    }),
    getFailure: async (id: number) => {
      if (id !== aFailureGroup.id) throw new FailureGroupNotFoundError(id);
      return {
        ...aFailureGroup,
        failedJobs: [{ jobId: 1, executions: 3, lastFailedAt: new Date(startMs), lastExecutionId: 2 }],
      };
    },
    listFailedJobs: async (id: number, { limit }: Parameters<ApiDeps['listFailedJobs']>[1]) => {
      if (id !== aFailureGroup.id) throw new FailureGroupNotFoundError(id);
      const job = { executions: 3, lastFailedAt: new Date(startMs), lastExecutionId: 2 };
      const items = [1, 2].map((jobId) => ({ jobId, ...job })).slice(0, limit);
      return { items, hasMore: items.length < 2 };
    },
    markFailure: async (id: number, mark: Parameters<ApiDeps['markFailure']>[1]) => {
      if (id !== aFailureGroup.id) throw new FailureGroupNotFoundError(id);
      const ignoredUntil = mark.state === 'IGNORED' ? mark.until : null;
      return { ...aFailureGroup, state: mark.state, ignoredUntil };
    },
  };
}
