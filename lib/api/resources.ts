import type * as z from 'zod';
import type { ApiKey } from '../domain/api-key.ts';
import type { JobExecution } from '../domain/execution.ts';
import type { Job, JobSchedule, ListedJob } from '../domain/job.ts';
import { retriesLastSeconds } from '../domain/retries-last.ts';
import { showHeaders } from '../domain/secret-headers.ts';
import type { SigningKey } from '../domain/signing-key.ts';
import type { UpcomingExecution } from '../domain/upcoming.ts';
import { shownNames } from './job-schemas.ts';
import type {
  apiKeySchema,
  cancelledExecutionSchema,
  jobExecutionSchema,
  jobScheduleSchema,
  signingKeySchema,
  skippedSchema,
  upcomingSchema,
} from './resource-schemas.ts';

// Every field is listed by name, so that a column that is added later is not shown by accident.

/**
 * Converts a job to JSON. Its body is already JSON text. If it is null (and not the JSON text `null`), it is left out.
 */
export function jobJson(job: Job | ListedJob): string {
  const json = JSON.stringify(jobResource(job));
  return job.body === null ? json : `${json.slice(0, -1)},"body":${job.body}}`;
}

function jobResource(job: ListedJob): Record<string, unknown> {
  const shown = { ...job, ...showHeaders(job.headers) };
  return {
    id: job.id,
    ...Object.fromEntries(shownNames.map((name) => [name, shown[name]])),
    retriesLastSeconds: retriesLastSeconds(job),
    failuresInARow: job.failuresInARow,
    lastOutcome: job.lastOutcome,
    pausedByFailuresAt: job.pausedByFailuresAt?.toISOString() ?? null,
    nextExecutionTime: job.nextExecutionTime?.toISOString() ?? null,
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
  };
}

export const jobScheduleResource = (schedule: JobSchedule): z.infer<typeof jobScheduleSchema> => ({
  id: schedule.id,
  jobId: schedule.jobId,
  nextExecutionTime: schedule.nextExecutionTime.toISOString(),
  createdAt: schedule.createdAt.toISOString(),
});

export const jobExecutionResource = (execution: JobExecution): z.infer<typeof jobExecutionSchema> => ({
  id: execution.id,
  jobId: execution.jobId,
  trigger: execution.trigger,
  originId: execution.originId,
  status: execution.status,
  executionTime: execution.executionTime.toISOString(),
  executionDuration: execution.executionDuration,
  retryCount: execution.retryCount,
  errorMessage: execution.errorMessage,
  reason: execution.reason,
  skipped: skippedResource(execution),
  dueAt: execution.dueAt.toISOString(),
  startedAt: execution.startedAt?.toISOString() ?? null,
  finishedAt: execution.finishedAt?.toISOString() ?? null,
  latenessMs: execution.latenessMs,
  statusCode: execution.statusCode,
  cancelRequestedAt: execution.cancelRequestedAt?.toISOString() ?? null,
  createdAt: execution.createdAt.toISOString(),
  updatedAt: execution.updatedAt.toISOString(),
});

function skippedResource({
  skippedFrom,
  skippedCount,
  executionTime,
}: JobExecution): z.infer<typeof skippedSchema> | null {
  if (skippedFrom === null || skippedCount === null) return null;
  return { count: skippedCount, first: skippedFrom.toISOString(), last: executionTime.toISOString() };
}

export function cancelledExecutionResource(
  execution: JobExecution,
): z.infer<typeof cancelledExecutionSchema> {
  const effect = execution.status === 'RUNNING' ? 'CANCELLING' : 'CANCELLED';
  const message =
    effect === 'CANCELLING'
      ? 'a request is under way; its connection is being closed, no retry follows, and the target may continue'
      : 'no request is under way, and none will be sent';
  return { ...jobExecutionResource(execution), effect, message };
}

export function upcomingResource(item: UpcomingExecution): z.infer<typeof upcomingSchema> {
  if (item.isDispatched) return { ...jobExecutionResource(item.execution), isDispatched: true };
  const at = new Date(item.occurrence.timeMs).toISOString();
  return {
    id: null,
    jobId: item.occurrence.jobId,
    trigger: 'SCHEDULE',
    originId: null,
    status: 'SCHEDULED',
    executionTime: at,
    executionDuration: null,
    retryCount: 0,
    errorMessage: null,
    reason: null,
    skipped: null,
    dueAt: at,
    startedAt: null,
    finishedAt: null,
    latenessMs: null,
    statusCode: null,
    cancelRequestedAt: null,
    createdAt: null,
    updatedAt: null,
    isDispatched: false,
  };
}

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

export const signingKeyResource = (key: SigningKey): z.infer<typeof signingKeySchema> => ({
  id: key.id,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
});
