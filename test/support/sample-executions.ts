import type { ReadExecution } from '../../lib/app/read-execution.ts';
import type { PlacedExecution } from '../../lib/db/execution-history.ts';
import type { JobExecution } from '../../lib/domain/execution.ts';
import { completeAttempts, type ExecutionRecord } from '../../lib/domain/execution-record.ts';
import { ExecutionNotFoundError } from '../../lib/domain/errors.ts';
import type { PlacedUpcoming, UpcomingPlace } from '../../lib/domain/upcoming.ts';

export const anExecution = (startMs: number, id: number, jobId: number): JobExecution => ({
  id,
  jobId,
  trigger: 'SCHEDULE',
  originId: null,
  status: 'SCHEDULED',
  executionTime: new Date(startMs),
  executionDuration: null,
  retryCount: 0,
  errorMessage: null,
  reason: null,
  skippedFrom: null,
  skippedCount: null,
  dueAt: new Date(startMs),
  startedAt: null,
  finishedAt: null,
  latenessMs: null,
  statusCode: null,
  cancelRequestedAt: null,
  createdAt: new Date(startMs),
  updatedAt: new Date(startMs),
});

/** A success and a failure of a job. */
export const executionsOf = (startMs: number, jobId: number): PlacedExecution[] =>
  (['SUCCESS', 'FAILED'] as const).map((status, index) => ({
    ...anExecution(startMs, index + 1, jobId),
    status,
    executionDuration: index === 0 ? 12.5 : null,
    retryCount: index,
    errorMessage: index === 0 ? null : 'HTTP 500',
    reason: index === 0 ? null : 'STATUS_NOT_SUCCESS',
    startedAt: new Date(startMs),
    finishedAt: new Date(startMs),
    latenessMs: index,
    statusCode: index === 0 ? 200 : 500,
    timeUs: startMs * 1_000,
  }));

/** A dispatched execution, and the occurrence after it. */
export function pageOfUpcoming(execution: PlacedExecution, limit: number, after: UpcomingPlace | undefined) {
  const { id, jobId } = execution;
  const startMs = execution.executionTime.getTime();
  const all: PlacedUpcoming[] = [
    {
      place: { atUs: startMs * 1_000, isDispatched: true, id },
      item: { isDispatched: true, execution: { ...execution, status: 'SCHEDULED' } },
    },
    {
      place: { atUs: (startMs + 60_000) * 1_000, isDispatched: false, id: jobId },
      item: { isDispatched: false, occurrence: { jobId, timeMs: startMs + 60_000 } },
    },
  ];
  const behind = all.filter(({ place }) => after === undefined || place.atUs > after.atUs);
  const items = behind.slice(0, limit);
  return { items, next: behind.length > limit ? items.at(-1)?.place : undefined };
}

/** The execution with an id, as it is read with its attempts. */
export function getExecutionRecord(executions: readonly PlacedExecution[], id: number): ReadExecution {
  const found = executions.find((execution) => execution.id === id);
  if (found === undefined) throw new ExecutionNotFoundError(id);
  const nothing = {
    requeuedAt: null,
    snoozeCount: null,
    snoozedMs: null,
    heldBackCount: null,
    heldBackMs: null,
    leaseExpiresAt: null,
    isWithdrawn: false,
    withdrawnReason: null,
  };
  const times = { firstByteMs: 1, dnsMs: null, connectMs: null, tlsMs: null };
  const trace = { isTraced: true, createdTraceparent: null };
  const execution: ExecutionRecord = {
    ...found,
    ...nothing,
    ...times,
    ...trace,
    putOffCount: 0,
    lateDispatchBy: null,
  };
  return { execution, attempts: completeAttempts(execution, []) };
}
