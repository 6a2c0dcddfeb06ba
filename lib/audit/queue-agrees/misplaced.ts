import type { QueuedExecution } from './find-queued.ts';
import { LONGEST_SNOOZE_MS } from '../../app/worker/activities/snooze.ts';
import type { Places } from '../../redis/places.ts';
import type { AuditSettings, Finding } from '../rule.ts';

/** A snooze ends with a whole second. */
const SECOND_MS = 1_000;

type Place = { name: string; dueMs?: number };

/** The places of each id. */
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

/** What the queue and PostgreSQL do not agree upon. */
export function findMisplaced(
  {
    waiting,
    executions,
    places,
    unknownIds,
  }: {
    /** What the queue must hold. */
    waiting: readonly QueuedExecution[];
    /** By id, whatever the queue holds; what is missing does not exist. */
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
      if (unknownIds.has(execution.executionId)) return [found(execution, 'the queue does not know it')];
      if (byId.has(execution.executionId)) return [];
      return [found(execution, 'the queue knows it, and has it nowhere')];
    }),
    ...[...byId].flatMap(([id, where]) => judgePlaces(id, where, executions.get(id), now)),
    ...places.processing
      .filter(({ leaseEndMs, ids }) => ids.length > 0 && leaseEndMs < goneBefore)
      .map(({ workerId, leaseEndMs, ids }) => ({
        detail: `worker ${workerId}, gone since ${new Date(leaseEndMs).toISOString()}, still holds ${ids.length}`,
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
  if (execution === undefined) return [{ executionId: id, detail: `it is in ${names}, and does not exist` }];
  const { status, dueAt } = execution;
  if (where.length > 1) return [found(execution, `it is in ${names}`)];
  switch (status) {
    case 'SCHEDULED':
    case 'RETRYING': {
      const dueMs = where[0]?.dueMs ?? dueAt.getTime();
      if (dueMs === dueAt.getTime() || isSnoozed(where, dueAt, now)) return [];
      return [
        found(execution, `it is due at ${dueAt.toISOString()}, and in ${names} until ${toText(dueMs)}`),
      ];
    }
    case 'RUNNING':
      return names === 'processing' ? [] : [found(execution, `it is in ${names}, and runs`)];
    case 'SUCCESS':
    case 'FAILED':
    case 'CANCELLED':
      return [found(execution, `it is in ${names}, and ${status}`)];
  }
}

/** An execution that is due and whose host has no room is in scheduled until later, for as long as a worker snoozes at most. */
function isSnoozed(where: readonly Place[], dueAt: Date, now: Date): boolean {
  return where.some(
    ({ name, dueMs = 0 }) =>
      name === 'scheduled' &&
      dueAt <= now &&
      dueMs > dueAt.getTime() &&
      dueMs <= now.getTime() + LONGEST_SNOOZE_MS + SECOND_MS,
  );
}

function found({ executionId, jobId, executionTime }: QueuedExecution, detail: string): Finding {
  return { executionId, jobId, executionTime, detail };
}

const toText = (ms: number): string => new Date(ms).toISOString();
