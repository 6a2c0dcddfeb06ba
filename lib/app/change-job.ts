import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import {
  type FieldError,
  InvalidScheduleError,
  JobNotFoundError,
  ValidationError,
} from '../domain/errors.ts';
import type { Job, JobChanges, JobDescription } from '../domain/job.ts';
import {
  checkJobRules,
  checkKeptSecrets,
  checkLocalTime,
  maxRetryCountAfter,
  recurrenceAfter,
} from '../domain/job-rules.ts';
import { checkMatch, type Match } from '../domain/precondition.ts';
import { changeHeaders } from '../domain/secret-headers.ts';
import { lockSchedules } from '../db/job-schedules.ts';
import { isLabel } from '../domain/job-fields.ts';
import { findJob, lockJob, relabelJob, updateJob } from '../db/jobs.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import { checkReadBack, type ReadBack } from '../domain/read-back.ts';
import type { Queue } from '../redis/queue.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import type { KeepAnswer } from './claim-request.ts';
import type { DispatchSoon } from './dispatch-soon.ts';
import { applyMoves, changesTimes, movesTimes, planMoves } from './move-jobs.ts';
import { hadPassedInstant } from './passed-instant.ts';
import { firstExecutionTime } from '../domain/first-execution-time.ts';
import { reportTakenKeys } from './report-taken-keys.ts';
import { removeTakenBack } from './remove-taken-back.ts';
import { prepareToSeal } from './prepare-to-seal.ts';
import type { Logger } from '../logger.ts';

type Deps = {
  pool: Pool;
  queue: Queue;
  clock: Clock;
  logger: Logger;
  dataKeys: DataKeys;
  dispatchSoon: DispatchSoon;
};

export type ChangeJob = (
  id: number,
  changes: JobChanges,
  options?: {
    /** Accepts a one-time instant in the past if the job had it before. The job then has no next execution time. */
    mayHavePassed?: boolean;
    /** Read-only fields as the caller has read them. The change is refused if they differ from the job's fields. */
    readBack?: ReadBack;
    /** The maker of the change, for the audit log. */
    by?: By | undefined;
    /** The versions that may be changed, as the caller has read them. */
    ifMatch?: Match | undefined;
    /** Stores the answer in the transaction of the change. */
    keepAnswer?: KeepAnswer<Job>;
  },
) => Promise<Job>;

/**
 * Changes a job.
 *
 * - A pause or a new schedule cancels future executions that are not claimed yet. Occurrences of the new schedule are
 *   dispatched again.
 * - Executions that are already due still run. A pause ends their retries, unless the job is resumed before the attempt
 *   has failed.
 * - Any other change applies to every attempt that is not claimed yet.
 * - A resumed job continues from now.
 *
 * A change to what the job has already does nothing, and keeps its version.
 *
 * A change of labels only, such as the name or the tags, is one statement, and changes no execution. Every other change encrypts
 * the secrets with the current key, for the URL's origin. A change of the URL's origin must send the secrets again.
 *
 * A job that does not recur, and whose execution has begun, has no next execution until it gets a new schedule or
 * becomes recurring.
 *
 * @throws JobNotFoundError, ValidationError, InvalidScheduleError, JobKeyTakenError, UnavailableError
 */
export function makeChangeJob(deps: Deps): ChangeJob {
  const { pool, queue, clock, logger, dataKeys, dispatchSoon } = deps;
  return async (id, changes, options = {}) => {
    const { mayHavePassed = false, readBack = {}, by, keepAnswer, ifMatch } = options;
    const now = new Date(clock.nowMs());
    const takingKey = <Result>(change: () => Promise<Result>): Promise<Result> =>
      reportTakenKeys(pool, [changes.key ?? null], change);
    if (isLabelAlone(changes) && isEmpty(readBack) && keepAnswer === undefined) {
      const versions = ifMatch === '*' ? undefined : ifMatch;
      const relabelled = await takingKey(() => relabelJob(pool, id, changes, now, { by, versions }));
      if (relabelled !== undefined) return relabelled;
      const job = await findJob(pool, id, now);
      if (job === undefined) throw new JobNotFoundError(id);
      checkMatch(ifMatch, job);
      return job;
    }
    const sealing = await prepareToSeal(dataKeys, changes);
    const { job, takenBack } = await takingKey(() =>
      inTransaction(
        pool,
        async (tx) => {
          const stored = await lockJob(tx, id);
          if (stored === undefined) throw new JobNotFoundError(id);
          checkMatch(ifMatch, stored);
          const planned = (await lockSchedules(tx, [id])).get(id) ?? null;
          const { keptSecrets, ...headers } = changeHeaders(stored.headers, changes);
          const changed = {
            ...stored,
            ...changes,
            isRecurring: recurrenceAfter(stored, changes),
            maxRetryCount: maxRetryCountAfter(stored, changes),
            ...headers,
          };
          const urls = { before: stored.api, after: changed.api };
          const missingZone = checkLocalTime(stored, changes);
          const problems = [
            ...(await checkReadBackIn(tx, id, readBack, now)),
            ...checkJobRules(changed),
            ...checkKeptSecrets(urls, keptSecrets),
          ];
          if (missingZone.length + problems.length > 0) {
            const isNew =
              changesTimes({ before: stored, after: changed }) && !mayHavePassed && missingZone.length === 0;
            const ofSchedule = isNew ? checkNewSchedule(changed, now) : missingZone;
            throw new ValidationError([...problems, ...ofSchedule]);
          }
          if (sealing.isSame(stored, changed)) {
            return { job: { ...stored, nextExecutionTime: planned }, takenBack: undefined };
          }
          const merged: JobDescription = { ...changed, headers: sealing.seal(changed) };

          const times = { before: stored, after: merged };
          const move = {
            ...times,
            planned,
            hasPassed:
              mayHavePassed && movesTimes(times) && (await hadPassedInstant(tx, stored, merged, now)),
            keepsSchedule: changes.schedule === undefined && changes.isActive === true,
          };
          const {
            planned: [plan],
            refused: [refused],
          } = await planMoves(tx, [move], now);
          if (plan === undefined) throw refused?.error ?? new Error(`job ${id} was not moved`);
          const { nextExecutionTime, hasRun } = plan;
          await updateJob(tx, id, { ...merged, hasRun }, now);
          const takenBack = await applyMoves(tx, [plan], { now });
          const { revision: _, hasRun: __, ...before } = stored;
          const version = stored.version + 1;
          const job = { ...before, ...merged, id, updatedAt: now, version, nextExecutionTime };
          await keepAnswer?.(tx, (await findJob(tx, id, now)) ?? job);
          return { job, takenBack };
        },
        { by },
      ),
    );
    if (takenBack !== undefined) {
      await removeTakenBack({ pool, queue, logger }, takenBack);
      await dispatchSoon([job]);
    }
    // Reads the job again for its next execution time, which may be that of an occurrence that was dispatched ahead.
    return (await findJob(pool, id, now)) ?? job;
  };
}

/** Tells whether the change affects only labels. It then changes no request and no schedule. */
const isLabelAlone = (changes: JobChanges): boolean => Object.keys(changes).every(isLabel);

const isEmpty = (readBack: ReadBack): boolean =>
  Object.values(readBack).every((value) => value === undefined);

async function checkReadBackIn(
  tx: Queryable,
  id: number,
  readBack: ReadBack,
  now: Date,
): Promise<FieldError[]> {
  if (isEmpty(readBack)) return [];
  // Reads the job while it is locked, with the next execution time that the API shows.
  const job = await findJob(tx, id, now);
  return job === undefined ? [] : checkReadBack(readBack, job, now);
}

/** Lists the errors of a new schedule, so that they are reported together with other errors. */
function checkNewSchedule(
  changed: Pick<JobDescription, 'schedule' | 'timeZone' | 'isActive'>,
  now: Date,
): readonly FieldError[] {
  try {
    firstExecutionTime(changed, now.getTime());
    return [];
  } catch (error) {
    if (error instanceof InvalidScheduleError) return error.errors;
    throw error;
  }
}
