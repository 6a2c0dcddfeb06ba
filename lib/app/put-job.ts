import { findJobByKey, type KeyedJob } from '../db/job-keys.ts';
import type { Pool } from '../db/pool.ts';
import type { By } from '../domain/audit-log.ts';
import {
  JobKeyTakenError,
  JobNotFoundError,
  PreconditionFailedError,
  ValidationError,
} from '../domain/errors.ts';
import type { Job, NewJob } from '../domain/job.ts';
import { checkJobRules } from '../domain/job-rules.ts';
import type { Match } from '../domain/precondition.ts';
import type { ReadBack } from '../domain/read-back.ts';
import type { ChangeJob } from './change-job.ts';
import type { CreateJob } from './create-jobs.ts';

/** The number of times to try. Each further try means that another caller has created, deleted or renamed the job. */
const MAX_TRIES = 5;

export type PutJob = (
  key: string,
  job: NewJob,
  options?: {
    readBack?: ReadBack;
    /** The versions that may be replaced. Such a request creates no job. */
    ifMatch?: Match | undefined;
    /** Creates a job, and replaces none. */
    ifNoneMatch?: '*' | undefined;
    /** Throws if this live job must not be replaced. */
    mayReplace?: (known: KeyedJob) => void;
    by?: By | undefined;
  },
) => Promise<{ job: Job; isNew: boolean }>;

/**
 * Makes the job with this key equal to the description, in every field. It creates the job if no live job has the key. The
 * same description again changes nothing. A description with the same schedule keeps the next execution time and the
 * executions that were dispatched ahead. The unique index on keys decides between callers at the same time.
 *
 * A one-time instant in the past is an error, unless a job with this key had it. It may have run, and a later deployment
 * changes something else. The job then has no next execution.
 *
 * @throws ValidationError, InvalidScheduleError, PreconditionFailedError, UnavailableError
 */
export function makePutJob(deps: { pool: Pool; createJob: CreateJob; changeJob: ChangeJob }): PutJob {
  const { pool, createJob, changeJob } = deps;
  return async (key, described, options = {}) => {
    const { readBack = {}, ifMatch, ifNoneMatch, mayReplace, by } = options;
    const job = { ...described, key };
    for (let tries = 1; ; tries += 1) {
      const known = await findJobByKey(pool, key);
      try {
        if (known === undefined || known.isDeleted) {
          checkCreation(job, { key, readBack, ifMatch });
          return { job: await createJob(job, by, undefined, known), isNew: true };
        }
        if (ifNoneMatch !== undefined) throw new PreconditionFailedError(existsMessage(key, known));
        mayReplace?.(known);
        const how = { readBack, ifMatch, by, mayHavePassed: true };
        return { job: await changeJob(known.id, job, how), isNew: false };
      } catch (error) {
        const isOvertaken = error instanceof JobNotFoundError || error instanceof JobKeyTakenError;
        if (!isOvertaken || tries === MAX_TRIES) throw error;
      }
    }
  };
}

function checkCreation(
  job: NewJob,
  { key, readBack, ifMatch }: { key: string; readBack: ReadBack; ifMatch: Match | undefined },
): void {
  if (ifMatch !== undefined) {
    const message = `no job has the key "${key}", and If-Match asks for one; leave If-Match out to create the job`;
    throw new PreconditionFailedError(message);
  }
  const errors = Object.entries(readBack)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => ({ field, message: 'is read-only, and no job has this key yet; leave it out' }));
  errors.push(...checkJobRules(job));
  if (errors.length > 0) throw new ValidationError(errors);
}

const existsMessage = (key: string, { id }: KeyedJob): string =>
  `job ${id} has the key "${key}", and If-None-Match asks for a new job; leave If-None-Match out to replace that job`;
