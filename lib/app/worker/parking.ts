import type { Clock } from '../../domain/clock.ts';
import { MAX_PARKED_MS } from '../../redis/park.ts';
import type { Queue } from '../../redis/queue.ts';
import type { HostShare } from './host-share.ts';
import { toHeld, type HeldExecution } from './held-execution.ts';

/** Other workers park as well: how often is looked for which hosts. */
const LOOK_EVERY_MS = 1_000;
const MIN_PARKED_MS = 60_000;
/** Hosts that one run draws for; there may be more. */
const MAX_HOSTS = 100;
/** What was drawn and found no room after all rests for so long: it must not go to and fro. */
const REST_MS = 200;

export type Parking = {
  /** Whether something may be parked for the host: what comes later is to queue up behind it. */
  has: (host: string) => boolean;
  isEmpty: () => boolean;
  park: (executions: readonly HeldExecution[]) => Promise<void>;
  /** From when on something may be drawn; Infinity while nothing is parked that has room. */
  drawFromMs: () => number;
  /**
   * Draws for one host: of those that have something parked, and room, the one with the fewest requests out, so that all
   * come to hold the same, or as much as they need.
   */
  draw: () => Promise<HeldExecution[]>;
  lookFromMs: () => number;
  look: () => Promise<void>;
};

/** What a run knows of executions that wait for room at their hosts. The queue keeps them; see `queue.park`. */
export function makeParking(deps: {
  queue: Queue;
  clock: Clock;
  workerId: string;
  leaseMs: number;
  share: Pick<HostShare, 'roomFor' | 'outTo'>;
}): Parking {
  const { queue, clock, workerId, leaseMs, share } = deps;
  /** From when on each host may be drawn for. */
  const hosts = new Map<string, number>();
  let lookFromMs = 0;

  const add = (host: string, fromMs: number): void => {
    if (hosts.size < MAX_HOSTS || hosts.has(host)) hosts.set(host, fromMs);
  };

  const hasRoom = (host: string, nowMs: number): boolean => share.roomFor(host, nowMs) > 0;

  return {
    has: (host) => hosts.has(host),
    isEmpty: () => hosts.size === 0,

    park: async (executions) => {
      const nowMs = clock.nowMs();
      for (const [host, parked] of Map.groupBy(executions, (execution) => execution.host ?? '')) {
        const isBack = parked.some(({ isDrawn }) => isDrawn);
        add(host, isBack ? nowMs + REST_MS : (hosts.get(host) ?? nowMs));
        const entries = parked.map((execution) => ({
          id: execution.id,
          untilMs: nowMs + parkedMs(nowMs - rankOf(execution)),
          rank: rankOf(execution),
        }));
        await queue.park({ workerId, nowMs, host, entries });
      }
    },

    drawFromMs: () => {
      const nowMs = clock.nowMs();
      return Math.min(...[...hosts].map(([host, fromMs]) => (hasRoom(host, nowMs) ? fromMs : Infinity)));
    },

    draw: async () => {
      const nowMs = clock.nowMs();
      const rested = [...hosts].filter(([host, fromMs]) => fromMs <= nowMs && hasRoom(host, nowMs));
      const [host] = rested.toSorted(([a], [b]) => share.outTo(a) - share.outTo(b))[0] ?? [];
      if (host === undefined) return [];
      const limit = Math.ceil(share.roomFor(host, nowMs) / rested.length);
      const { taken, remaining } = await queue.unpark({ workerId, nowMs, host, limit, leaseMs });
      if (remaining === 0) hosts.delete(host);
      return taken.map((one) => toHeld(one, { nowMs: clock.nowMs(), isDrawn: true }));
    },

    lookFromMs: () => lookFromMs,

    look: async () => {
      const nowMs = clock.nowMs();
      lookFromMs = nowMs + LOOK_EVERY_MS;
      for (const host of await queue.parkedHosts(nowMs)) {
        if (!hosts.has(host)) add(host, nowMs);
      }
    },
  };
}

/** What is parked is due, a retry too, whose own instant the payload does not tell: near enough to queue by. */
function rankOf({ payload, dueMs }: HeldExecution): number {
  return payload?.executionTimeMs ?? dueMs;
}

/**
 * How long until it comes by itself, should nobody draw it: as long again as it has waited. So each comes a few times at
 * most, and a backlog of whatever length costs the queue little more than its arrivals do.
 */
function parkedMs(waitedMs: number): number {
  return Math.min(Math.max(waitedMs, MIN_PARKED_MS), MAX_PARKED_MS);
}
