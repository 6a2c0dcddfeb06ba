import type { Queryable } from '../../../../lib/db/pool.ts';
import type { LivedIn } from '../lived-in.ts';

/** A violation made by hand, and the finding that the rule must report. */
export type Damage = {
  rule: string;
  what: string;
  make: (tx: Queryable, livedIn: LivedIn) => Promise<unknown>;
  says: RegExp;
};

type JobName = Parameters<LivedIn['job']>[0];

/** A statement about the row of a job, or about rows that belong to it: `$1` is the job's id. */
export const ofJob = (name: JobName, sql: string) => (tx: Queryable, livedIn: LivedIn) =>
  tx.query(sql, [livedIn.job(name).id]);

/** The execution of a job at a time of day, or its executions from one time until before another. */
export const at = (time: string) => `job_id = $1 and execution_time = '2030-03-04T${time}Z'`;
export const between = (from: string, to: string) =>
  `job_id = $1 and execution_time >= '2030-03-04T${from}Z' and execution_time < '2030-03-04T${to}Z'`;

/** Lets a test write what the checks of claims refuse. */
export function dropClaimChecks(tx: Queryable): Promise<unknown> {
  return tx.query(
    'alter table job_executions drop constraint job_executions_check, drop constraint job_executions_check1',
  );
}
