/**
 * How much of a window of requests each host may hold, so that hosts which hang leave room for those which answer. Pure: the
 * caller counts.
 *
 * A request *lingers* once it has been out for a second. It is *covered* while it does not linger and its host has ended as
 * many within the last second: a host that answers in L < 1 s at rate r has r × L requests out and ends r in a second, so
 * all of its requests are covered, however many. All others are *silent*: those that linger, and those that were sent to a
 * host that is slow, unknown, or has just stopped answering.
 *
 * The rule is a bulkhead: the silent ones of all hosts together hold three quarters of the window at most, and those of one
 * slow host half of that. The last quarter is never lent to them: it would be gone, until their timeouts, just when it is
 * needed. What finds no room is snoozed.
 */
export type HostLoad = {
  /** Requests out, those that linger included. */
  out: number;
  lingering: number;
  /** Requests that ended within the last second before they lingered. */
  promptLately: number;
  /** By its last request: it ended before it lingered; or lingered; or nothing is known. */
  standing: 'unknown' | 'prompt' | 'slow';
};

/** How many of a window each kind may hold. */
export type Shares = {
  /** All silent requests. */
  silent: number;
  /** The same, where it is the first request to a host of which nothing is known. */
  silentWithUnknown: number;
  /** The silent requests of one slow host. */
  slowHost: number;
  /** The requests to a host that answered the last time, whatever others do: called seldom, it has no recent answers. */
  trusted: number;
};

/** So many prompt answers outweigh one request that lingers. */
const WEIGHT_OF_LINGERING = 4;

export function sharesOf(maxInFlight: number): Shares {
  const share = (part: number): number => Math.max(1, Math.floor(maxInFlight * part));
  return {
    silent: share(0.75),
    silentWithUnknown: share(0.875),
    slowHost: share(0.375),
    trusted: share(1 / 16),
  };
}

/** How many requests of the host are silent. */
export function countSilent(load: HostLoad, shares: Shares): number {
  return load.lingering + Math.max(load.out - load.lingering - coverOf(load, shares), 0);
}

/** Whether one more request to the host may leave. `silent` are those of all hosts. */
export function mayAdmit(load: HostLoad, silent: number, shares: Shares): boolean {
  if (load.out - load.lingering < coverOf(load, shares)) return true;
  if (load.standing === 'slow' && countSilent(load, shares) >= shares.slowHost) return false;
  const isFirst = load.standing === 'unknown' && load.out === 0;
  return silent < (isFirst ? shares.silentWithUnknown : shares.silent);
}

function coverOf({ lingering, standing, promptLately }: HostLoad, { trusted }: Shares): number {
  const earned = promptLately - WEIGHT_OF_LINGERING * lingering;
  return Math.max(earned, standing === 'prompt' && lingering === 0 ? trusted : 0);
}
