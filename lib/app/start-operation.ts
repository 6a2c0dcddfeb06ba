import { insertAuditEntry } from '../db/audit-log.ts';
import { countMatchingJobs } from '../db/match-jobs.ts';
import {
  abortOperation,
  findMaxJobId,
  findOperation,
  insertOperation,
  listOperations,
} from '../db/operations.ts';
import type { Pool } from '../db/pool.ts';
import { countToRedrive } from '../db/redrive-failures.ts';
import { inTransaction } from '../db/transaction.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { OperationNotFoundError, OperationNotRunningError, ValidationError } from '../domain/errors.ts';
import type { NewOperation, Operation, Redrive } from '../domain/operation.ts';
import { makeOperationToken, readOperationToken } from './operation-token.ts';
import { getFailure } from './get-failure.ts';
import { sampleSpread, type SpreadSample } from './sample-spread.ts';
import type { KeepAnswer } from './claim-request.ts';
import type { RunOperations } from './run-operations.ts';

/** Jobs are counted up to this number. A person decides by it, so a count may take longer than the total of a list. */
const COUNTED = { cap: 10_000, reads: 50_000 };
/** How long the request that starts an operation works on it. The ticks do the rest. */
const FIRST_WORK_MS = 2_000;

/** What an operation would do. */
export type DryRun = {
  matched: Operation['matched'];
  /** Only for the action `spread`. */
  spread?: SpreadSample;
  token: string;
};

export type Operations = {
  /** Counts the jobs that an operation would act on, and makes the token with which it can be started. */
  dryRun: (asked: NewOperation) => Promise<DryRun>;
  /**
   * Starts an operation, and works on it for up to 2 s. The ticks do the rest.
   *
   * @param asked.token the token of a dry run: the operation touches no job that was created later. Undefined: no job that is created
   * from now on.
   * @throws ValidationError when the token does not belong to a dry run of this operation.
   */
  start: (
    asked: NewOperation & { token?: string | undefined },
    by: By,
    keepAnswer?: KeepAnswer<Operation>,
  ) => Promise<Operation>;
  /**
   * Starts an operation that repeats the last failed execution of each job of a failure group, and works on it for up to 2 s.
   *
   * @throws FailureGroupNotFoundError
   */
  startRedrive: (
    asked: Redrive & { ratePerSecond: number },
    by: By,
    keepAnswer?: KeepAnswer<Operation>,
  ) => Promise<Operation>;
  /**
   * Counts the executions that a redrive would repeat now.
   *
   * @throws FailureGroupNotFoundError
   */
  dryRunRedrive: (asked: Redrive) => Promise<Operation['matched']>;
  /**
   * Ends a running operation after its current batch.
   *
   * @throws OperationNotFoundError, OperationNotRunningError
   */
  abort: (id: number, by: By, keepAnswer?: KeepAnswer<Operation>) => Promise<Operation>;
  /** @throws OperationNotFoundError */
  get: (id: number) => Promise<Operation>;
  /** Lists operations, the latest first, beginning with the operation before `beforeId`. */
  list: (page: { limit: number; beforeId: number | undefined }) => Promise<Operation[]>;
};

export function makeOperations(deps: {
  pool: Pool;
  clock: Clock;
  runOperations: RunOperations;
  /** Turns on the minute tick if it is off. Undefined if it is never turned off. */
  ensureTicks: ((dueMs: number) => Promise<unknown>) | undefined;
}): Operations {
  const { pool, clock, runOperations, ensureTicks } = deps;

  const get = async (id: number): Promise<Operation> => {
    const operation = await findOperation(pool, id);
    if (operation === undefined) throw new OperationNotFoundError(id);
    return operation;
  };

  const begin = async (
    operation: Parameters<typeof insertOperation>[1],
    nowMs: number,
    keepAnswer: KeepAnswer<Operation> | undefined,
  ): Promise<Operation> => {
    const now = new Date(nowMs);
    const stored = await inTransaction(
      pool,
      async (tx) => {
        const started = await insertOperation(tx, operation, now);
        const { id, action, filter, tags, group, spread, redrive } = started;
        const after = {
          action,
          ...(redrive === null && { filter }),
          ...(action === 'tag' && { tags }),
          ...(action === 'group' && { group }),
          ...(spread !== null && { spread }),
          ...(redrive !== null && { redrive }),
        };
        await insertAuditEntry(
          tx,
          { action: 'OPERATION_STARTED', subject: 'operation', subjectId: id, after },
          now,
        );
        await keepAnswer?.(tx, started);
        return started;
      },
      { by: operation.by },
    );
    await Promise.all([
      ensureTicks?.(nowMs),
      runOperations({ untilMs: nowMs + FIRST_WORK_MS, id: stored.id }),
    ]);
    // A repeated request gets the stored answer, so the first one gets the same.
    return keepAnswer === undefined ? get(stored.id) : stored;
  };

  return {
    get,
    list: (page) => listOperations(pool, page),
    dryRun: async (asked) => {
      const nowMs = clock.nowMs();
      const maxJobId = await findMaxJobId(pool);
      const now = new Date(nowMs);
      const [matched, spread] = await Promise.all([
        countMatchingJobs(pool, asked.filter, now, COUNTED),
        asked.spread === null ? undefined : sampleSpread(pool, asked.filter, asked.spread, now),
      ]);
      return {
        matched,
        ...(spread !== undefined && { spread }),
        token: makeOperationToken(asked, maxJobId, nowMs),
      };
    },
    start: async ({ token, ...asked }, by, keepAnswer) => {
      const nowMs = clock.nowMs();
      const read =
        token === undefined
          ? { maxJobId: await findMaxJobId(pool) }
          : readOperationToken(token, asked, nowMs);
      if ('fault' in read) throw new ValidationError([{ field: 'token', message: read.fault }]);
      const matched = await countMatchingJobs(pool, asked.filter, new Date(nowMs), COUNTED);
      return begin({ ...asked, by, matched, maxJobId: read.maxJobId }, nowMs, keepAnswer);
    },
    startRedrive: async ({ ratePerSecond, ...redrive }, by, keepAnswer) => {
      const group = await getFailure(pool, redrive.failureGroupId, new Date(clock.nowMs()));
      const asked = {
        action: 'redrive' as const,
        filter: {},
        tags: { add: [], remove: [] },
        group: null,
        spread: null,
        ratePerSecond,
      };
      const matched = { count: group.jobs, isCapped: false };
      const maxJobId = await findMaxJobId(pool);
      return begin({ ...asked, by, matched, maxJobId, redrive }, clock.nowMs(), keepAnswer);
    },
    dryRunRedrive: async (redrive) => {
      await getFailure(pool, redrive.failureGroupId, new Date(clock.nowMs()));
      return countToRedrive(pool, redrive);
    },
    abort: async (id, by, keepAnswer) => {
      const now = new Date(clock.nowMs());
      const aborted = await inTransaction(
        pool,
        async (tx) => {
          const ended = await abortOperation(tx, id, now);
          if (ended === undefined) return undefined;
          await insertAuditEntry(
            tx,
            { action: 'OPERATION_ABORTED', subject: 'operation', subjectId: id, after: null },
            now,
          );
          await keepAnswer?.(tx, ended);
          return ended;
        },
        { by },
      );
      if (aborted !== undefined) return aborted;
      throw new OperationNotRunningError(id, (await get(id)).state);
    },
  };
}
