import type { QueueEntry } from '../../../lib/redis/queue.ts';
import type { QueueOutcome } from '../../../lib/redis/settle.ts';

/** The queue as a plain list of places, to compare the real queue with. */
export function makeModel() {
  let ready: number[] = [];
  /** The time when wake-ups for remaining executions were last allowed. */
  let wokeMs = -Infinity;
  const waiting = { scheduled: new Map<number, number>(), retry: new Map<number, number>() };
  const processing = new Map<string, number[]>();
  const workers = new Map<string, number>();
  const known = new Set<number>();
  const ended = { SUCCESS: new Set<number>(), FAILED: new Set<number>() };

  function withdraw(byMs: number, limit: number) {
    const entries = (['scheduled', 'retry'] as const).flatMap((queue) =>
      [...waiting[queue]].map(([id, dueMs]) => ({ id, dueMs, queue })),
    );
    const due = entries
      .filter(({ dueMs }) => dueMs <= byMs)
      .sort(
        (a, b) =>
          a.dueMs - b.dueMs ||
          Number(a.queue === 'retry') - Number(b.queue === 'retry') ||
          (`${a.id}` < `${b.id}` ? -1 : 1),
      );
    const first = due.slice(0, limit);
    for (const { id, queue } of first) waiting[queue].delete(id);
    return first;
  }

  function letGo(workerId: string, id: number): boolean {
    const held = processing.get(workerId) ?? [];
    const index = held.indexOf(id);
    if (index >= 0) held.splice(index, 1);
    if (held.length === 0) processing.delete(workerId);
    return index >= 0;
  }

  function handBack(workerId: string, limit: number): number {
    const held = processing.get(workerId) ?? [];
    const moved = held.splice(Math.max(held.length - limit, 0));
    ready = [...moved, ...ready];
    if (held.length === 0) {
      processing.delete(workerId);
      workers.delete(workerId);
    }
    return moved.length;
  }

  return {
    heldBy: (workerId: string) => processing.get(workerId) ?? [],
    ended: () => ({ completed: ended.SUCCESS.size, failed: ended.FAILED.size }),

    enqueue(entries: readonly QueueEntry[], nowMs: number): number {
      const fresh = entries.filter(({ id }) => !known.has(id) && known.add(id));
      for (const { id, dueMs, queue } of fresh) {
        if (dueMs <= nowMs) ready.push(id);
        else waiting[queue].set(id, dueMs);
      }
      return fresh.length;
    },

    take({ workerId, nowMs, horizonMs, limit, aheadLimit, leaseMs }: TakeRequest) {
      workers.set(workerId, nowMs + leaseMs);
      ready.push(...withdraw(nowMs, limit).map(({ id }) => id));
      const due = ready.splice(0, limit).map((id) => ({ id, dueMs: undefined }));
      const aheadCount = due.length < limit ? Math.max(aheadLimit - due.length, 0) : 0;
      const ahead = withdraw(horizonMs, aheadCount).map(({ id, dueMs }) => ({
        id,
        dueMs,
      }));
      const taken = [...due, ...ahead];
      if (taken.length > 0) {
        processing.set(workerId, [...(processing.get(workerId) ?? []), ...taken.map(({ id }) => id)]);
      }
      const left = [...waiting.scheduled.values(), ...waiting.retry.values()].filter(
        (dueMs) => dueMs <= nowMs,
      );
      const remainingDue = ready.length + left.length;
      const mayWakeOthers = remainingDue > 0 && Math.abs(nowMs - wokeMs) >= 1_000;
      if (mayWakeOthers) wokeMs = nowMs;
      return {
        taken: taken.map((execution) => ({
          ...execution,
          payload: known.has(execution.id) ? `payload of ${execution.id}` : undefined,
        })),
        remainingDue,
        mayWakeOthers,
        processing: processing.get(workerId)?.length ?? 0,
      };
    },

    settle(workerId: string, outcomes: readonly QueueOutcome[]): number {
      return outcomes.filter((entry) => {
        const isHeld = letGo(workerId, entry.id);
        const isKnown = known.has(entry.id);
        if (entry.status === 'RETRYING') {
          if (isHeld && isKnown) waiting.retry.set(entry.id, entry.dueAt.getTime());
          return isHeld && isKnown;
        }
        if (entry.status === 'DROPPED') {
          if (isHeld) known.delete(entry.id);
          return isHeld;
        }
        known.delete(entry.id);
        ended[entry.status].add(entry.id);
        return isHeld || isKnown;
      }).length;
    },

    release(workerId: string, entries: readonly { id: number; dueMs: number }[]): number {
      const back = entries.filter(({ id }) => letGo(workerId, id) && known.has(id));
      for (const { id, dueMs } of back) waiting.scheduled.set(id, dueMs);
      return back.length;
    },

    heartbeat(workerId: string, nowMs: number, leaseMs: number): void {
      if (workers.has(workerId)) workers.set(workerId, nowMs + leaseMs);
    },

    retire: (workerId: string) => handBack(workerId, Infinity),

    reclaim(nowMs: number, limit: number): number {
      const expired = [...workers]
        .filter(([, leaseEndMs]) => leaseEndMs <= nowMs)
        .sort(([a, aMs], [b, bMs]) => aMs - bMs || (a < b ? -1 : 1));
      let moved = 0;
      for (const [workerId] of expired) if (moved < limit) moved += handBack(workerId, limit - moved);
      return moved;
    },

    remove(ids: readonly number[]): number {
      return ids.filter((id) => {
        waiting.scheduled.delete(id);
        waiting.retry.delete(id);
        return known.delete(id);
      }).length;
    },

    lose(): void {
      ready = [];
      wokeMs = -Infinity;
      for (const place of [waiting.scheduled, waiting.retry, processing, workers, known]) place.clear();
      for (const ids of [ended.SUCCESS, ended.FAILED]) ids.clear();
    },

    state: () => ({
      ready,
      scheduled: Object.fromEntries(waiting.scheduled),
      retry: Object.fromEntries(waiting.retry),
      processing: Object.fromEntries(processing),
      workers: Object.fromEntries(workers),
      known: [...known].sort((a, b) => a - b),
    }),
  };
}

type TakeRequest = {
  workerId: string;
  nowMs: number;
  horizonMs: number;
  limit: number;
  aheadLimit: number;
  leaseMs: number;
};
