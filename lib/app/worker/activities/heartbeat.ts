import type { Clock } from '../../../domain/clock.ts';
import type { Queue } from '../../../redis/queue.ts';
import type { Activity } from '../activity.ts';

/** After this time without a heartbeat or a take, the executions of a worker go back to the queue. */
export const WORKER_LEASE_MS = 30_000;
const EVERY_MS = 10_000;

/** Renews the worker's lease in Redis until the run ends, in every mode. */
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
