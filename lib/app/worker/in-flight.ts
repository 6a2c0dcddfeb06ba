import { limits } from '../../domain/job.ts';
import type { HeldExecution } from './held-execution.ts';
import { countSilent, mayAdmit, sharesOf, type HostLoad } from './host-limiter.ts';
import { makeRecentCount, type RecentCount } from './recent-count.ts';

/** A request that has been out for so long lingers. */
const LINGERS_AFTER_MS = 1_000;
/** Hosts that are remembered; those with requests out always are. */
const MAX_HOSTS = 2_000;
/** Executions whose host is not known yet count as those of one host. */
const NO_HOST = '';
/**
 * Bodies that are read once they are claimed, of all requests that are out together. Each counts as the largest there may
 * be: its true size shows when it has been read, and then it is too late to leave it. A worker has 512 MB.
 */
export const MAX_BODY_BYTES = 128 * 1_048_576;

type Host = Omit<HostLoad, 'promptLately'> & { prompt: RecentCount };

/** A place in the window: admitted, then sent, then ended; or freed without having been sent. */
export type Slot = { host: Host; bodyBytes: number; state: 'admitted' | 'sent' | 'lingering' | 'ended' };

/** What became of a request that was sent. */
export type Fate = 'ended' | 'timedOut';

export type InFlight = {
  /** Claims under way and requests out; `maxInFlight` at most. */
  count: () => number;
  hasRoom: () => boolean;
  /** A slot for the execution's request; undefined while the window, the bytes of its bodies, or its host leave no room. */
  admit: (execution: Pick<HeldExecution, 'host' | 'payload'>, nowMs: number) => Slot | undefined;
  /** The request has left: from now on it can linger. */
  sent: (slot: Slot, nowMs: number) => void;
  /** The request is over. One that never left is freed, and says nothing of its host. */
  end: (slot: Slot, nowMs: number, fate: Fate) => void;
  free: (slot: Slot) => void;
  /** Whether a request to the host lingers, or the last one timed out. */
  isSlow: (host: string, nowMs: number) => boolean;
};

/**
 * The window of requests that a worker environment has out, from before their claim until they have ended, and what it has
 * learned of hosts by them. It belongs to the environment, which serves one invocation at a time.
 *
 * Two strategies for requests that find no room were measured by `npm run bench -- hanging`, as the p99 of the lateness of other
 * hosts' jobs in its three cases (room left; one host, windows full; 20 hosts, windows full):
 *
 * - Parked in a queue of its host, from which workers with room draw: 164, 444 and 809 ms (at a machine load of 10 to 13). It
 *   keeps the due order within a host, and took two Lua scripts and 570 lines.
 * - Snoozed, which this is: 101, 226 and 128 ms (at a load of 3 to 5, so the difference says little). The worst ten seconds of
 *   the second case had 2.0 s.
 */
export function makeInFlight({ maxInFlight }: { maxInFlight: number }): InFlight {
  const shares = sharesOf(maxInFlight);
  const hosts = new Map<string, Host>();
  const busy = new Set<Host>();
  /** Requests that do not linger yet, and since when they are out, the oldest first. */
  const young = new Map<Slot, number>();
  let count = 0;
  let bodyBytes = 0;
  /** Counted at an instant; until something changes. */
  let counted: { atMs: number; silent: number } | undefined;

  const hostOf = (name: string): Host => {
    let host = hosts.get(name);
    if (host === undefined) {
      if (hosts.size >= MAX_HOSTS) forgetIdle();
      host = { out: 0, lingering: 0, prompt: makeRecentCount(LINGERS_AFTER_MS), standing: 'unknown' };
      hosts.set(name, host);
    }
    return host;
  };

  /** Those that were slow last, because there are so many. */
  const forgetIdle = (): void => {
    for (const keepsSlow of [true, false]) {
      for (const [name, host] of hosts) {
        if (host.out === 0 && !(keepsSlow && host.standing === 'slow')) hosts.delete(name);
      }
      if (hosts.size < MAX_HOSTS) return;
    }
  };

  const age = (nowMs: number): void => {
    for (const [slot, sinceMs] of young) {
      if (nowMs - sinceMs < LINGERS_AFTER_MS) return;
      young.delete(slot);
      slot.state = 'lingering';
      slot.host.lingering += 1;
      slot.host.standing = 'slow';
      counted = undefined;
    }
  };

  const loadOf = ({ out, lingering, standing, prompt }: Host, nowMs: number): HostLoad => ({
    out,
    lingering,
    standing,
    promptLately: prompt.read(nowMs),
  });

  const silentOfAll = (nowMs: number): number => {
    if (counted?.atMs === nowMs) return counted.silent;
    let silent = 0;
    for (const host of busy) silent += countSilent(loadOf(host, nowMs), shares);
    counted = { atMs: nowMs, silent };
    return silent;
  };

  const leave = (slot: Slot): void => {
    if (slot.state === 'ended') throw new Error('a slot ends once');
    const { host } = slot;
    young.delete(slot);
    if (slot.state === 'lingering') host.lingering -= 1;
    slot.state = 'ended';
    host.out -= 1;
    count -= 1;
    bodyBytes -= slot.bodyBytes;
    counted = undefined;
    if (host.out === 0) busy.delete(host);
  };

  return {
    count: () => count,
    hasRoom: () => count < maxInFlight,

    admit: (execution, nowMs) => {
      const largest = bodyBytesOf(execution);
      if (count >= maxInFlight || bodyBytes + largest > MAX_BODY_BYTES) return undefined;
      age(nowMs);
      const host = hostOf(execution.host ?? NO_HOST);
      // Where few are out, all may be silent, and nothing need be counted but what the host itself holds.
      const silent = count < shares.silent ? count : silentOfAll(nowMs);
      if (!mayAdmit(loadOf(host, nowMs), silent, shares)) return undefined;
      host.out += 1;
      count += 1;
      bodyBytes += largest;
      counted = undefined;
      busy.add(host);
      return { host, bodyBytes: largest, state: 'admitted' };
    },

    sent: (slot, nowMs) => {
      slot.state = 'sent';
      young.set(slot, nowMs);
    },

    end: (slot, nowMs, fate) => {
      age(nowMs);
      const { host } = slot;
      if (slot.state === 'sent' && fate === 'ended') {
        host.prompt.add(nowMs);
        host.standing = 'prompt';
      } else if (slot.state === 'lingering' && fate === 'ended') {
        host.standing = 'unknown';
      }
      leave(slot);
    },

    free: leave,

    isSlow: (name, nowMs) => {
      age(nowMs);
      const host = hosts.get(name);
      return host !== undefined && (host.lingering > 0 || host.standing === 'slow');
    },
  };
}

/** PostgreSQL has the request where the payload lacks it; it may be large. */
export function bodyBytesOf({ payload }: Pick<HeldExecution, 'payload'>): number {
  return payload?.content === undefined ? limits.bodyBytes : 0;
}
