import { makeRecentCount, type RecentCount } from './recent-count.ts';

/** A request that has been out for so long lingers. */
const LINGERS_AFTER_MS = 1_000;
/** Of the window: what hosts that do not answer may hold together. The rest is kept free for those that do. */
const SILENT_SHARE = 0.75;
/** The same with the first requests to hosts of which nothing is known. */
const UNKNOWN_SHARE = 0.875;
/** Of the window: what a host may hold that has answered last time, whatever others do. */
const TRUSTED_SHARE = 1 / 16;
/** So many prompt answers outweigh one request that lingers. */
const WEIGHT_OF_LINGERING = 4;
/** Hosts that are remembered; those with requests out always are. */
const MAX_HOSTS = 2_000;

type Host = {
  out: number;
  lingering: number;
  /** Requests that ended before they lingered: those of the last second, and up to one more. */
  prompt: RecentCount;
  /** By its last request: whether it ended so, or lingered; of one that was answered late no more is known than before. */
  standing: 'unknown' | 'prompt' | 'slow';
};

/** A place in the window, from before the claim until the request has ended. */
export type Place = { host: Host; isLingering: boolean };

export type HostShare = {
  /** A place for one more request to the host; undefined when there is none for it now. */
  admit: (host: string, nowMs: number) => Place | undefined;
  /** The request has left: from now on it can linger. */
  sent: (place: Place, nowMs: number) => void;
  /** @param wasAnswered false: it ended by its timeout. */
  ended: (place: Place, nowMs: number, wasAnswered: boolean) => void;
  /** Nothing was sent. */
  freed: (place: Place) => void;
  /** Whether a request to the host lingers, or the last one timed out. */
  isSlow: (host: string, nowMs: number) => boolean;
  /** Requests out to the host. */
  outTo: (host: string) => number;
  /** How many of the host's would be admitted now. */
  roomFor: (host: string, nowMs: number) => number;
};

/**
 * Shares a window of requests out among hosts, so that those which hang leave room for those which answer.
 *
 * A request is *covered* while it does not linger and its host has ended as many within the last second. A host that
 * answers in L < 1 s at rate r has r × L requests out and ends r in a second, so all of its requests are covered, however
 * many. All others are *silent*: what lingers, and what was sent to a host that is slow, unknown, or has just stopped
 * answering. The silent ones of all hosts together hold three quarters of the window at most. The rest is never lent to
 * them: it would be gone, until their timeouts, just when it is needed.
 *
 * Hosts that are called seldom have no recent answers, so a few of each are covered for its last one, and the first to an
 * unknown host has a little more room. More than these must not be trusted: a burst is out before any of it can linger.
 */
export function makeHostShare({ maxInFlight }: { maxInFlight: number }): HostShare {
  const placesOf = (share: number): number => Math.max(1, Math.floor(maxInFlight * share));
  const maxSilent = placesOf(SILENT_SHARE);
  const maxWithUnknown = placesOf(UNKNOWN_SHARE);
  const trusted = placesOf(TRUSTED_SHARE);
  const hosts = new Map<string, Host>();
  const busy = new Set<Host>();
  /** Requests that do not linger yet, and since when they are out, the oldest first. */
  const young = new Map<Place, number>();
  let out = 0;
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
    for (const [place, sinceMs] of young) {
      if (nowMs - sinceMs < LINGERS_AFTER_MS) return;
      young.delete(place);
      place.isLingering = true;
      place.host.lingering += 1;
      counted = undefined;
      place.host.standing = 'slow';
    }
  };

  const coverOf = ({ lingering, standing, prompt }: Host, nowMs: number): number => {
    const earned = prompt.read(nowMs) - WEIGHT_OF_LINGERING * lingering;
    return Math.max(earned, standing === 'prompt' && lingering === 0 ? trusted : 0);
  };

  /** How many more would be covered. */
  const coveredRoom = (host: Host, nowMs: number): number =>
    Math.max(coverOf(host, nowMs) - (host.out - host.lingering), 0);

  const countSilent = (nowMs: number): number => {
    if (counted?.atMs === nowMs) return counted.silent;
    let silent = 0;
    for (const host of busy) {
      silent += host.lingering + Math.max(host.out - host.lingering - coverOf(host, nowMs), 0);
    }
    counted = { atMs: nowMs, silent };
    return silent;
  };

  const silentRoom = (host: Host, nowMs: number): number => {
    const isFirst = host.standing === 'unknown' && host.out === 0;
    // Where few are out, nothing need be counted.
    const silent = out < maxSilent ? out : countSilent(nowMs);
    return Math.max(maxSilent - silent, isFirst && silent < maxWithUnknown ? 1 : 0);
  };

  const leave = (place: Place): void => {
    const { host } = place;
    young.delete(place);
    if (place.isLingering) host.lingering -= 1;
    host.out -= 1;
    out -= 1;
    counted = undefined;
    if (host.out === 0) busy.delete(host);
  };

  return {
    admit: (name, nowMs) => {
      if (out >= maxInFlight) return undefined;
      age(nowMs);
      const host = hostOf(name);
      if (out >= maxSilent && coveredRoom(host, nowMs) === 0 && silentRoom(host, nowMs) === 0)
        return undefined;
      host.out += 1;
      out += 1;
      counted = undefined;
      busy.add(host);
      return { host, isLingering: false };
    },
    sent: (place, nowMs) => void young.set(place, nowMs),
    ended: (place, nowMs, wasAnswered) => {
      age(nowMs);
      const { host, isLingering } = place;
      if (!isLingering) {
        host.prompt.add(nowMs);
        host.standing = 'prompt';
      } else if (wasAnswered) {
        host.standing = 'unknown';
      }
      leave(place);
    },
    freed: leave,
    isSlow: (name, nowMs) => {
      age(nowMs);
      const host = hosts.get(name);
      return host !== undefined && (host.lingering > 0 || host.standing === 'slow');
    },
    outTo: (name) => hosts.get(name)?.out ?? 0,
    roomFor: (name, nowMs) => {
      age(nowMs);
      const host = hostOf(name);
      return Math.min(coveredRoom(host, nowMs) + silentRoom(host, nowMs), Math.max(maxInFlight - out, 0));
    },
  };
}
