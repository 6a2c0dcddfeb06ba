import { afterAll, afterEach } from 'vitest';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { insertExecutions, type DispatchedExecution } from '../../../lib/db/dispatch-executions.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { aJob } from '../../support/a-job.ts';
import type { Pool, Queryable } from '../../../lib/db/pool.ts';
import type { Job, JobDescription } from '../../../lib/domain/job.ts';
import { createBelfryDatabase } from '../../support/belfry-database.ts';
import { untilBlocked as untilBlockedIn } from '../../support/until-blocked.ts';

/** The start of the clock of the tests: noon, UTC, so that a few hours more are the same day. */
export const NOON = new Date('2026-01-15T12:00:00Z');
export const TOKEN = '11111111-1111-4111-8111-111111111111';
export const OTHER_TOKEN = '22222222-2222-4222-8222-222222222222';

/** The database of the current test file, after `useOwnDatabase`. */
export let pool: Pool;
export let url: string;

const cleanUps: (() => Promise<unknown>)[] = [];

/**
 * Gives the test file that calls it a database, until its end. Files share the context of the modules, so that a database belongs
 * to a call, not to this module.
 */
export async function useOwnDatabase(): Promise<void> {
  const database = await createBelfryDatabase();
  ({ pool, url } = database);
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  afterAll(database.drop);
}

export function cleanUpWith(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp);
}

export function after(ms: number, from: Date = NOON): Date {
  return new Date(from.getTime() + ms);
}

export async function emptyTables(): Promise<void> {
  await pool.query(
    `truncate jobs, job_tags, job_schedules, job_executions, failing_jobs, paused_by_failures, declared_jobs, api_keys, revoked_api_keys, uncounted_failures, ungrouped_failures, failure_groups, failure_jobs, failure_days,
       outcome_batches, outcome_counts, outcome_totals, queue_depths`,
  );
}

export function newJob(
  overrides: Partial<JobDescription & { nextExecutionTime: Date | null }> = {},
): JobDescription & { nextExecutionTime: Date | null } {
  const { secretHeaders: _, ...job } = aJob({ schedule: '@hourly' });
  return { ...job, nextExecutionTime: NOON, ...overrides };
}

export async function storeJob(overrides: Parameters<typeof newJob>[0] = {}): Promise<Job> {
  const [job] = await insertJobs(pool, [newJob(overrides)], NOON);
  return job!;
}

/** Creates an execution of a job at each of the times. */
export async function dispatch(jobId: number, ...times: Date[]): Promise<DispatchedExecution[]> {
  const executions = times.map((executionTime) => ({ jobId, jobRevision: 1, executionTime }));
  return insertExecutions(pool, executions, NOON);
}

/** Creates executions of a new job, due at noon and before, and claims them with `TOKEN` for a minute. */
export async function startExecutions(count: number): Promise<DispatchedExecution[]> {
  const { id } = await storeJob();
  const executions = await dispatch(id, ...Array.from({ length: count }, (_, index) => after(-index)));
  const leaseExpiresAt = after(60_000);
  await claimExecutions(pool, { executions, claimToken: TOKEN, now: NOON, dueBy: NOON, leaseExpiresAt });
  return executions;
}

/** A transaction on its own connection; it is rolled back after the test unless it was ended. */
export async function begin(from: Pool = pool): Promise<{ tx: Queryable; commit: () => Promise<void> }> {
  const connection = await from.connect();
  await connection.query('begin');
  let isOpen = true;
  const end = async (statement: 'commit' | 'rollback') => {
    if (!isOpen) return;
    isOpen = false;
    await connection.query(statement);
    connection.release(false);
  };
  cleanUps.push(() => end('rollback'));
  return { tx: connection, commit: () => end('commit') };
}

export const untilBlocked = (count?: number): Promise<void> => untilBlockedIn(pool, count);

export function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

export type StoredExecution = {
  id: number;
  status: string;
  retry_count: number;
  due_at: Date;
  execution_duration: number | null;
  error_message: string | null;
  claim_token: string | null;
  lease_expires_at: Date | null;
  started_at: Date | null;
  job_revision: number;
  is_withdrawn: boolean;
  updated_at: Date;
};

/** Executions as they are stored, by id. */
export async function readExecutions(...ids: number[]): Promise<StoredExecution[]> {
  const { rows } = await pool.query<StoredExecution>(
    `select id, status, retry_count, put_off_count, due_at, execution_duration, error_message, claim_token, lease_expires_at,
            started_at, job_revision, is_withdrawn, updated_at
       from job_executions where id = any($1::bigint[]) order by id`,
    [ids],
  );
  return rows;
}
