import type * as z from 'zod';
import type { Pool } from '../../../lib/db/pool.ts';
import type { Job } from '../../../lib/domain/job.ts';
import {
  apiKeyResource,
  jobExecutionResource,
  jobJson,
  jobScheduleResource,
} from '../../../lib/api/resources.ts';
import type { jobSchema } from '../../../lib/api/resource-schemas.ts';
import type { JobExecution } from '../../../lib/domain/execution.ts';
import type { ApiKey } from '../../../lib/domain/api-key.ts';
import type { JobSchedule } from '../../../lib/domain/job.ts';
import { JOB_COLUMNS } from '../../../lib/db/job-columns.ts';
import { OUTCOME_COLUMNS, OUTCOME_OF_JOB } from '../../../lib/db/job-outcomes.ts';
import { EXECUTION_COLUMNS } from '../../../lib/db/execution-history.ts';

export type StoredJob = {
  resource: z.infer<typeof jobSchema>;
  /** The fields that a request may have; headers as they are stored, except secret ones. */
  asRequest: object;
  isDeleted: boolean;
};

const JOBS = /* sql */ `
  select ${JOB_COLUMNS}, ${OUTCOME_COLUMNS}, s.next_execution_time as "nextExecutionTime",
         j.deleted_at is not null as "isDeleted"
    from jobs j
    cross join ${OUTCOME_OF_JOB}
    left join job_schedules s on s.job_id = j.id
   order by j.id`;

/** Reads all jobs, including deleted ones. */
export async function readJobs(pool: Pool): Promise<StoredJob[]> {
  const { rows } = await pool.query<Job & { isDeleted: boolean }>(JOBS);
  return rows.map(({ isDeleted, ...job }) => {
    const resource: StoredJob['resource'] = JSON.parse(jobJson(job));
    const {
      id: _,
      createdAt: _1,
      updatedAt: _2,
      nextExecutionTime: _3,
      secretHeaders: _4,
      retriesLastSeconds: _retriesLastSeconds,
      failuresInARow: _failuresInARow,
      lastOutcome: _lastOutcome,
      pausedByFailuresAt: _pausedByFailuresAt,
      ...asRequest
    } = resource;
    return { resource, asRequest, isDeleted };
  });
}

const SCHEDULES = /* sql */ `
  select id, job_id as "jobId", next_execution_time as "nextExecutionTime", created_at as "createdAt" from job_schedules`;

export async function readSchedules(pool: Pool): Promise<object[]> {
  const { rows } = await pool.query<JobSchedule>(SCHEDULES);
  return rows.map(jobScheduleResource);
}

const EXECUTIONS = /* sql */ `
  select ${EXECUTION_COLUMNS},
         (select j.api from jobs j where j.id = job_id and j.updated_at <= job_executions.created_at) as api
    from job_executions`;

/** `api` is the URL that the execution was made for; null when its job was changed later, perhaps to another URL and time. */
export async function readExecutions(
  pool: Pool,
): Promise<{ resource: object; api: string | null; isAnswered: boolean }[]> {
  const { rows } = await pool.query<JobExecution & { api: string | null }>(EXECUTIONS);
  return rows.map(({ api, ...execution }) => ({
    resource: jobExecutionResource(execution),
    api,
    isAnswered: execution.trigger !== 'CALLBACK' && execution.statusCode !== null,
  }));
}

const KEYS = /* sql */ `
  select id, name, scopes, expires_at as "expiresAt", rate_limit_per_second as "rateLimitPerSecond",
         created_at as "createdAt", last_used_at as "lastUsedAt", null as "revokedAt"
    from api_keys
   union all
  select id, name, scopes, expires_at, rate_limit_per_second, created_at, last_used_at, revoked_at::text
    from revoked_api_keys`;

export async function readKeys(pool: Pool): Promise<object[]> {
  const { rows } = await pool.query<ApiKey & { revokedAt: string | null }>(KEYS);
  return rows.map(({ revokedAt, ...apiKey }) =>
    apiKeyResource({ ...apiKey, revokedAt: revokedAt === null ? null : new Date(revokedAt) }),
  );
}
