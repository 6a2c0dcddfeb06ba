import type * as z from 'zod';
import type { ApiKey } from '../domain/api-key.ts';
import type { JobExecution } from '../domain/execution.ts';
import type { Job, JobSchedule } from '../domain/job.ts';
import { showHeaders } from '../domain/secret-headers.ts';
import type { apiKeySchema, jobExecutionSchema, jobScheduleSchema, jobSchema } from './resource-schemas.ts';

// Every field by name: what a row gains later must not leak out, nor the order change.

export const jobResource = (job: Job): z.infer<typeof jobSchema> => ({
  id: job.id,
  name: job.name,
  description: job.description,
  schedule: job.schedule,
  timeZone: job.timeZone,
  api: job.api,
  method: job.method,
  ...showHeaders(job.headers),
  body: job.body,
  type: job.type,
  isRecurring: job.isRecurring,
  maxRetryCount: job.maxRetryCount,
  timeoutMs: job.timeoutMs,
  isActive: job.isActive,
  nextExecutionTime: job.nextExecutionTime?.toISOString() ?? null,
  createdAt: job.createdAt.toISOString(),
  updatedAt: job.updatedAt.toISOString(),
});

export const jobScheduleResource = (schedule: JobSchedule): z.infer<typeof jobScheduleSchema> => ({
  id: schedule.id,
  jobId: schedule.jobId,
  nextExecutionTime: schedule.nextExecutionTime.toISOString(),
  createdAt: schedule.createdAt.toISOString(),
});

export const jobExecutionResource = (execution: JobExecution): z.infer<typeof jobExecutionSchema> => ({
  id: execution.id,
  jobId: execution.jobId,
  status: execution.status,
  executionTime: execution.executionTime.toISOString(),
  executionDuration: execution.executionDuration,
  retryCount: execution.retryCount,
  errorMessage: execution.errorMessage,
  createdAt: execution.createdAt.toISOString(),
  updatedAt: execution.updatedAt.toISOString(),
});

export const apiKeyResource = (apiKey: ApiKey): z.infer<typeof apiKeySchema> => ({
  id: apiKey.id,
  name: apiKey.name,
  scopes: [...apiKey.scopes],
  expiresAt: apiKey.expiresAt?.toISOString() ?? null,
  rateLimitPerSecond: apiKey.rateLimitPerSecond,
  createdAt: apiKey.createdAt.toISOString(),
  lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
  revokedAt: apiKey.revokedAt?.toISOString() ?? null,
});
