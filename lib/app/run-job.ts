import type { Pool } from '../db/pool.ts';
import { findJob } from '../db/jobs.ts';
import { insertUnscheduled, type StoredUnscheduled } from '../db/unscheduled-executions.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { JobNotFoundError, ValidationError } from '../domain/errors.ts';
import type { JobExecution } from '../domain/execution.ts';
import { type JsonText, NO_BODY } from '../domain/job.ts';
import { checkBodyOf } from '../domain/job-rules.ts';
import { audited } from './audited.ts';
import type { KeepAnswer } from './claim-request.ts';
import type { DeliverUnscheduled } from './deliver-unscheduled.ts';

/**
 * @param options.body replaces the body of the job in this execution.
 * @param options.by the caller, for the audit log.
 */
export type RunJob = (
  jobId: number,
  options: { body: JsonText | undefined; by?: By | undefined },
  keepAnswer?: KeepAnswer<JobExecution>,
) => Promise<JobExecution>;

/**
 * Runs a job now, also when it is paused or finished. The execution takes no occurrence of the schedule and moves nothing. It
 * has the retries and the type of its job. A pause of the job leaves it alone; a change applies to its later attempts; a
 * deletion ends its retries.
 *
 * @throws JobNotFoundError; ValidationError when the job's method has no body.
 */
export function makeRunJob(deps: {
  pool: Pool;
  clock: Clock;
  deliverUnscheduled: DeliverUnscheduled;
}): RunJob {
  const { pool, clock, deliverUnscheduled } = deps;
  return async (jobId, { body, by }, keepAnswer) => {
    const now = new Date(clock.nowMs());
    if (body !== undefined && body !== NO_BODY) {
      const job = await findJob(pool, jobId, now);
      if (job === undefined) throw new JobNotFoundError(jobId);
      const errors = checkBodyOf({ ...job, body });
      if (errors.length > 0) throw new ValidationError(errors);
    }
    const execution = { jobId, trigger: 'MANUAL', originId: null, body: body ?? null } as const;
    const stored = await audited<StoredUnscheduled | undefined>(
      pool,
      {
        by,
        now,
        keepAnswer,
        entryOf: ({ id }) => ({
          action: 'JOB_RUN',
          subject: 'job',
          subjectId: jobId,
          after: { executionId: id },
        }),
      },
      async (tx) => (await insertUnscheduled(tx, [execution], now))[0],
    );
    if (stored === undefined) throw new JobNotFoundError(jobId);
    await deliverUnscheduled([stored]);
    return stored;
  };
}
