/**
 * Decides how much of a window of requests each host may hold, so that hosts which hang leave room for hosts which answer.
 * The functions are pure: the caller counts.
 *
 * A request *lingers* once it has been out for a second. It is *covered* while it does not linger and its host has ended as
 * many requests within the last second. A host that answers in L < 1 s at rate r has r × L requests out and ends r a second,
 * so all of its requests are covered. All other requests are *silent*: they linger, or their host is slow, unknown, or has
 * just stopped answering.
 *
 * The rule is a bulkhead. The silent requests of all hosts hold at most three quarters of the window, and the silent requests
 * of one slow host at most half of that. The last quarter is never lent to them, because it would be gone until their
 * timeouts, just when it is needed. An execution without room is snoozed.
 */
export type HostLoad = {
  /** Number of requests out, including lingering ones. */
  out: number;
  lingering: number;
  /** Number of requests that ended within the last second, before they lingered. */
  promptLately: number;
  /** Judged by the host's last request: `prompt` if it ended before it lingered, `slow` if it lingered. */
  standing: 'unknown' | 'prompt' | 'slow';
};

/** How many slots of a window each kind of request may hold. */
export type Shares = {
  /** All silent requests together. */
  silent: number;
  /** The same limit for the first request to an unknown host. */
  silentWithUnknown: number;
  /** The silent requests to one slow host. */
  slowHost: number;
  /** Requests to a host that answered its last one. A host that is rarely called has no recent responses to earn cover by. */
  trusted: number;
};

/** How many prompt responses outweigh one lingering request. */
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

/** Number of silent requests to the host. */
export function countSilent(load: HostLoad, shares: Shares): number {
  return load.lingering + Math.max(load.out - load.lingering - coverOf(load, shares), 0);
}

/** Whether one more request to the host may be sent. @param silent silent requests to all hosts. */
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
