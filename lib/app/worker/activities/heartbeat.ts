import type { Clock } from '../../../domain/clock.ts';
import type { Queue } from '../../../redis/queue.ts';
import type { Activity } from '../activity.ts';

/** How long Redis waits for a sign of life before it gives away what a worker holds. A take is one, too. */
export const WORKER_LEASE_MS = 30_000;
const EVERY_MS = 10_000;

/** Renews the worker's lease in Redis, in every mode, until the run ends. */
export function makeHeartbeat({
  queue,
  clock,
  workerId,
}: {
  queue: Pick<Queue, 'heartbeat'>;
  clock: Clock;
  workerId: string;
}): Activity {
  let nextMs = clock.nowMs() + EVERY_MS;
  return {
    name: 'heartbeat',
    fromMs: () => nextMs,
    run: async (nowMs) => {
      await queue.heartbeat({ workerId, nowMs, leaseMs: WORKER_LEASE_MS });
      nextMs = nowMs + EVERY_MS;
    },
  };
}
