import { insertAuditEntry } from '../db/audit-log.ts';
import { countMatchingJobs } from '../db/match-jobs.ts';
import { abortOperation, findMaxJobId, listOperations } from '../db/operations.ts';
import type { Pool } from '../db/pool.ts';
import { countToRedrive } from '../db/redrive-failures.ts';
import { inTransaction } from '../db/transaction.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { OperationNotRunningError, ValidationError } from '../domain/errors.ts';
import type { NewOperation, Operation, Redrive } from '../domain/operation.ts';
import { type BeginOperationDeps, getOperation, makeBeginOperation } from './begin-operation.ts';
import { makeOperationToken, readOperationToken } from './operation-token.ts';
import { getFailure } from './get-failure.ts';
import { sampleSpread, type SpreadSample } from './sample-spread.ts';
import type { KeepAnswer } from './claim-request.ts';

/** Jobs are counted up to this number. A person decides by it, so a count may take longer than the total of a list. */
const COUNTED = { cap: 10_000, reads: 50_000 };

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

export function makeOperations(deps: BeginOperationDeps & { clock: Clock }): Operations {
  const { pool, clock } = deps;
  const begin = makeBeginOperation(deps);

  return {
    get: (id) => getOperation(pool, id),
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
      const aborted = await abortRunning(pool, id, new Date(clock.nowMs()), { by, keepAnswer });
      if (aborted !== undefined) return aborted;
      throw new OperationNotRunningError(id, (await getOperation(pool, id)).state);
    },
  };
}

/** Ends an operation, with its entry in the audit log. Returns undefined if it does not run. */
async function abortRunning(
  pool: Pool,
  id: number,
  now: Date,
  { by, keepAnswer }: { by: By; keepAnswer: KeepAnswer<Operation> | undefined },
): Promise<Operation | undefined> {
  return inTransaction(
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
}
