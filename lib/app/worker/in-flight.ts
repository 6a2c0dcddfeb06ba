import { limits } from '../../domain/job.ts';
import type { HeldExecution } from './held-execution.ts';
import { countSilent, mayAdmit, sharesOf, type HostLoad } from './host-limiter.ts';
import { makeRecentCount, type RecentCount } from './recent-count.ts';

/** A request that has been out for this long lingers. */
const LINGERS_AFTER_MS = 1_000;
/** Maximum number of remembered hosts. Hosts with requests out are never forgotten. */
const MAX_HOSTS = 2_000;
/** Executions without a payload count as executions of one host. */
const NO_HOST = '';
/**
 * Maximum size of all bodies in flight that are read after the claim. Each counts as the largest allowed body: its true size
 * is known only when it has been read, and then it cannot be refused. A worker has 512 MB.
 */
export const MAX_BODY_BYTES = 128 * 1_048_576;

type Host = Omit<HostLoad, 'promptLately'> & { prompt: RecentCount };

/** A place in the window. It is admitted, then sent, then ended; or it is freed without a request. */
export type Slot = { host: Host; bodyBytes: number; state: 'admitted' | 'sent' | 'lingering' | 'ended' };

/** The end of a request that was sent. */
export type Fate = 'ended' | 'timedOut';

export type InFlight = {
  /** Number of claims under way, waiting attempts and requests out: at most `maxInFlight` plus `claimAhead()`. */
  count: () => number;
  /** Whether a claim is worth its round trip: a slot is free, or half of the claims ahead have left. Until then, no work is for this run. */
  hasRoom: () => boolean;
  /** Whether no more executions are admitted, until a slot becomes free. */
  isFull: () => boolean;
  /** Whether each slot is taken, so that further executions are admitted only ahead of free slots. */
  isAhead: () => boolean;
  /** A slot for the execution's request. Undefined while the window, its bytes, or the host has no room. */
  admit: (execution: Pick<HeldExecution, 'host' | 'payload'>, nowMs: number) => Slot | undefined;
  /** The request was sent: from now on it can linger. */
  sent: (slot: Slot, nowMs: number) => void;
  /** The request has ended. A request that was never sent is freed instead, and says nothing about its host. */
  end: (slot: Slot, nowMs: number, fate: Fate) => void;
  free: (slot: Slot) => void;
  /** Whether a request to the host lingers, or its last request lingered or timed out. */
  isSlow: (host: string, nowMs: number) => boolean;
};

/**
 * The window of requests that a worker environment has out, from before their claims to their ends, and what the environment
 * has learned about hosts. An environment serves one invocation at a time.
 *
 * `npm run bench -- hanging` measured two strategies for requests without room, as the p99 of the lateness of other hosts'
 * jobs in its three cases (room left; one host, windows full; 20 hosts, windows full):
 *
 * - Parked in a queue of the host, from which workers with room draw: 164, 444 and 809 ms (at a machine load of 10 to 13). This
 *   keeps the due order within a host. It took two Lua scripts and 570 lines.
 * - Snoozed, as here: 101, 226 and 128 ms (at a load of 3 to 5, so the difference says little). The worst ten seconds of the
 *   second case had 2.0 s.
 */
export function makeInFlight({
  maxInFlight,
  claimAhead = () => 0,
}: {
  maxInFlight: number;
  /** How many executions may be claimed ahead of free slots at present. */
  claimAhead?: () => number;
}): InFlight {
  const shares = sharesOf(maxInFlight);
  const hosts = new Map<string, Host>();
  const busy = new Set<Host>();
  /** Requests that do not linger yet, with the instants at which they were sent, the oldest first. */
  const young = new Map<Slot, number>();
  /** No young request lingers before this instant. */
  let lingersFromMs = Infinity;
  let count = 0;
  let bodyBytes = 0;
  /** The last count of silent requests. Any change discards it. */
  let counted: { atMs: number; silent: number } | undefined;

  /** A host had no room for an execution ahead of free slots. Such an execution waits for the window, not for its host. */
  let isRefusedAhead = false;

  const isAhead = (): boolean => count >= maxInFlight;
  const isFull = (): boolean => isAhead() && (isRefusedAhead || count >= maxInFlight + claimAhead());
  const refuse = (): undefined => {
    isRefusedAhead ||= isAhead();
  };

  const hostOf = (name: string): Host => {
    let host = hosts.get(name);
    if (host === undefined) {
      if (hosts.size >= MAX_HOSTS) forgetIdle();
      host = { out: 0, lingering: 0, prompt: makeRecentCount(LINGERS_AFTER_MS), standing: 'unknown' };
      hosts.set(name, host);
    }
    return host;
  };

  /** Forgets idle hosts. Slow hosts are forgotten last, since only they need to be known. */
  const forgetIdle = (): void => {
    for (const keepsSlow of [true, false]) {
      for (const [name, host] of hosts) {
        if (host.out === 0 && !(keepsSlow && host.standing === 'slow')) hosts.delete(name);
      }
      if (hosts.size < MAX_HOSTS) return;
    }
  };

  const age = (nowMs: number): void => {
    // Asked several times for each request.
    if (nowMs < lingersFromMs) return;
    for (const [slot, sinceMs] of young) {
      lingersFromMs = sinceMs + LINGERS_AFTER_MS;
      if (nowMs < lingersFromMs) return;
      young.delete(slot);
      slot.state = 'lingering';
      slot.host.lingering += 1;
      slot.host.standing = 'slow';
      counted = undefined;
    }
    lingersFromMs = Infinity;
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
    isRefusedAhead = false;
    bodyBytes -= slot.bodyBytes;
    counted = undefined;
    if (host.out === 0) busy.delete(host);
  };

  return {
    count: () => count,
    hasRoom: () => !isAhead() || (!isRefusedAhead && count < maxInFlight + claimAhead() / 2),
    isFull,
    isAhead,

    admit: (execution, nowMs) => {
      const largest = bodyBytesOf(execution);
      if (isFull() || bodyBytes + largest > MAX_BODY_BYTES) return refuse();
      age(nowMs);
      const host = hostOf(execution.host ?? NO_HOST);
      // While few requests are out, all of them may be silent, so the exact count does not matter.
      const silent = count < shares.silent ? count : silentOfAll(nowMs);
      if (!mayAdmit(loadOf(host, nowMs), silent, shares)) return refuse();
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
      lingersFromMs = Math.min(lingersFromMs, nowMs + LINGERS_AFTER_MS);
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

/** Bytes to reserve for the body. A payload without content may have a large body in PostgreSQL. */
export function bodyBytesOf({ payload }: Pick<HeldExecution, 'payload'>): number {
  return payload?.content === undefined ? limits.bodyBytes : 0;
}
