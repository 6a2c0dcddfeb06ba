import type { QueuedExecution } from './find-queued.ts';
import type { Places } from '../../redis/places.ts';
import { timings } from '../../topology.ts';
import type { AuditSettings, Finding } from '../rule.ts';

/** A snooze ends at a full second. */
const SECOND_MS = 1_000;

type Place = { name: string; dueMs?: number };

/** Groups the places by execution id. */
export function placesOf(places: Places): Map<number, Place[]> {
  const all: [number, Place][] = [
    ...places.ready.map((id): [number, Place] => [id, { name: 'ready' }]),
    ...places.scheduled.map(({ id, dueMs }): [number, Place] => [id, { name: 'scheduled', dueMs }]),
    ...places.retry.map(({ id, dueMs }): [number, Place] => [id, { name: 'retry', dueMs }]),
    ...places.processing.flatMap(({ ids }) => ids.map((id): [number, Place] => [id, { name: 'processing' }])),
  ];
  const byId = new Map<number, Place[]>();
  for (const [id, place] of all) byId.set(id, [...(byId.get(id) ?? []), place]);
  return byId;
}

/** Finds the differences between the queue and PostgreSQL. */
export function findMisplaced(
  {
    waiting,
    executions,
    places,
    unknownIds,
  }: {
    /** The executions that the queue must contain. */
    waiting: readonly QueuedExecution[];
    /** Every execution that the queue contains, by id. An id that is missing here has no execution. */
    executions: ReadonlyMap<number, QueuedExecution>;
    places: Places;
    unknownIds: ReadonlySet<number>;
  },
  { now, leaseGraceMs }: Pick<AuditSettings, 'now' | 'leaseGraceMs'>,
): Finding[] {
  const byId = placesOf(places);
  const goneBefore = now.getTime() - leaseGraceMs;
  return [
    ...waiting.flatMap((execution) => {
      if (unknownIds.has(execution.executionId)) return [found(execution, 'it is not in the queue')];
      if (byId.has(execution.executionId)) return [];
      return [found(execution, 'the queue has its payload, but it is in no list')];
    }),
    ...[...byId].flatMap(([id, where]) => judgePlaces(id, where, executions.get(id), now)),
    ...places.processing
      .filter(({ leaseEndMs, ids }) => ids.length > 0 && leaseEndMs < goneBefore)
      .map(({ workerId, leaseEndMs, ids }) => ({
        detail: `the lease of worker ${workerId} ended at ${new Date(leaseEndMs).toISOString()}, but it still has executions in processing: ${ids.length}`,
      })),
  ];
}

function judgePlaces(
  id: number,
  where: readonly Place[],
  execution: QueuedExecution | undefined,
  now: Date,
): Finding[] {
  const names = where.map(({ name }) => name).join(' and ');
  if (execution === undefined) {
    return [{ executionId: id, detail: `it is in ${names}, but not in the database` }];
  }
  const { status, dueAt } = execution;
  if (where.length > 1) return [found(execution, `it is in ${names}`)];
  switch (status) {
    case 'SCHEDULED':
    case 'RETRYING': {
      const dueMs = where[0]?.dueMs ?? dueAt.getTime();
      if (dueMs === dueAt.getTime() || isSnoozed(where, dueAt, now)) return [];
      return [
        found(execution, `it is due at ${dueAt.toISOString()}, but in ${names} until ${toText(dueMs)}`),
      ];
    }
    case 'RUNNING':
      return names === 'processing' ? [] : [found(execution, `it is RUNNING, but in ${names}`)];
    case 'SUCCESS':
    case 'FAILED':
    case 'CANCELLED':
    case 'SKIPPED':
      return [found(execution, `it is ${status}, but in ${names}`)];
  }
}

/**
 * Tells whether a due execution is snoozed because its host has no free slot. It is then in `scheduled`, for no longer
 * than the longest snooze.
 */
function isSnoozed(where: readonly Place[], dueAt: Date, now: Date): boolean {
  return where.some(
    ({ name, dueMs = 0 }) =>
      name === 'scheduled' &&
      dueAt <= now &&
      dueMs > dueAt.getTime() &&
      dueMs <= now.getTime() + timings.longestSnoozeMs + SECOND_MS,
  );
}

function found({ executionId, jobId, executionTime }: QueuedExecution, detail: string): Finding {
  return { executionId, jobId, executionTime, detail };
}

const toText = (ms: number): string => new Date(ms).toISOString();
