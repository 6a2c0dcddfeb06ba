import type { SpreadSample } from '../../lib/app/sample-spread.ts';
import type { Operations } from '../../lib/app/start-operation.ts';
import {
  FailureGroupNotFoundError,
  OperationNotFoundError,
  OperationNotRunningError,
} from '../../lib/domain/errors.ts';
import type { By } from '../../lib/domain/audit-log.ts';
import type { NewOperation, Operation, Redrive } from '../../lib/domain/operation.ts';

/** The use cases of operations in memory: an operation runs until it is aborted. Operation 1 exists from the start. */
export function memoryOperations(startMs: number): Operations {
  const operations: Operation[] = [];
  const at = new Date(startMs);
  const get = async (id: number): Promise<Operation> => {
    const operation = operations[id - 1];
    if (operation === undefined) throw new OperationNotFoundError(id);
    return operation;
  };
  const add = (asked: NewOperation & { redrive?: Redrive }, by: By): Operation => {
    const operation: Operation = {
      ...asked,
      redrive: asked.redrive ?? null,
      id: operations.length + 1,
      state: 'RUNNING',
      by,
      matched: { count: 2, isCapped: false },
      done: 0,
      skipped: 0,
      failed: 0,
      failures: [],
      createdAt: at,
      updatedAt: at,
      finishedAt: null,
    };
    operations.push(operation);
    return operation;
  };
  add(
    {
      action: 'pause',
      filter: { tag: 'a' },
      tags: { add: [], remove: [] },
      group: null,
      spread: null,
      ratePerSecond: 100,
    },
    { actor: { type: 'API_KEY', id: 1, name: 'ops' } },
  );
  return {
    get,
    list: async ({ limit }) => operations.toReversed().slice(0, limit),
    dryRun: async ({ spread }) => ({
      matched: { count: 2, isCapped: false },
      ...(spread !== null && { spread: sampleAt(at) }),
      token: 'token-of-the-dry-run',
    }),
    start: async ({ token, ...asked }, by) => {
      if (token === '') throw new Error('the API passes no empty token');
      return add(asked, by);
    },
    startRedrive: async ({ ratePerSecond, ...redrive }, by) => {
      if (redrive.failureGroupId !== 1) throw new FailureGroupNotFoundError(redrive.failureGroupId);
      const tags = { add: [], remove: [] };
      return add(
        { action: 'redrive', filter: {}, tags, group: null, spread: null, ratePerSecond, redrive },
        by,
      );
    },
    dryRunRedrive: async ({ failureGroupId }) => {
      if (failureGroupId !== 1) throw new FailureGroupNotFoundError(failureGroupId);
      return { count: 2, isCapped: false };
    },
    abort: async (id) => {
      const operation = await get(id);
      if (operation.state !== 'RUNNING') throw new OperationNotRunningError(id, operation.state);
      operations[id - 1] = { ...operation, state: 'ABORTED', finishedAt: at };
      return get(id);
    },
  };
}

const sampleAt = (at: Date): SpreadSample => ({
  jobs: 2,
  leftOut: [{ reason: '"@every 1h" is an interval, which has no fixed time', jobs: 1, jobId: 2 }],
  example: {
    jobId: 1,
    schedule: '@hourly',
    newSchedule: '17 3 * * * *',
    timeZone: 'UTC',
    at,
    newAt: new Date(at.getTime() + 197_000),
  },
});
