import { descriptors } from '../../topology.ts';

/** Held work must be able to leave within this time of its due instant. */
const HELD_FOR_MS = 250;
/**
 * The same for work that is due already. It must only last until the next take is answered, and other workers could run it. What is held
 * for longer outlives V8's young generation, and must be collected with the old one.
 */
const DUE_HELD_FOR_MS = 80;
/** Maximum number of executions that one run holds. A payload has a few KiB. */
export const MAX_HELD = 4_000;
/** Maximum number of claims ahead of free slots. With a large window it is lower, because their requests count as open ones, too. */
const MAX_CLAIMED_AHEAD = 80;
/** A claim begins when half of the claimed attempts have left. The other half must last until it is answered. */
const CLAIMS_AHEAD = 2;
/** Weight of the latest duration in the mean: about the last 50 decide. */
const WEIGHT = 0.04;

export type Pace = {
  /** @param durationMs from sending the request to its end, regardless of the result. */
  recordRequest: (durationMs: number) => void;
  recordClaim: (durationMs: number) => void;
  /** How many executions may be held before they are due. */
  holdLimit: () => number;
  /** How many due executions may be held. */
  dueLimit: () => number;
  /** How many executions may be claimed ahead of free slots. 0 until durations are known. */
  claimAhead: () => number;
};

/**
 * Limits how much work a run holds next to its window, by Little's law. A window of `w` slots whose requests take `d` on
 * average sends `w / d` a second, so up to `w × 250 ms / d` executions leave in time. Hosts that answer in 5 ms let a run hold
 * 4,000 executions, and one environment then does the work of forty. Until durations are known, a run holds one window.
 *
 * A due execution may keep its slot for the time of its claim, too. Executions that are not due yet are claimed before. If the
 * claim did not count, a run would hold more due executions than it can send, give them back after 500 ms, and take them
 * again: with a claim of 50 ms it took each of them twice.
 */
export function makePace({ maxInFlight }: { maxInFlight: number }): Pace {
  const mostAhead = Math.min(MAX_CLAIMED_AHEAD, maxInFlight, descriptors.maxInFlight - maxInFlight);
  const request = makeMean();
  const claim = makeMean();

  const inTime = (slotMs: number, heldForMs: number): number => {
    const count = Math.floor((maxInFlight * heldForMs) / Math.max(slotMs, 1));
    return Math.min(Math.max(count, maxInFlight), MAX_HELD);
  };

  return {
    recordRequest: request.record,
    recordClaim: claim.record,
    holdLimit: () => inTime(request.read() ?? Infinity, HELD_FOR_MS),
    dueLimit: () => inTime((request.read() ?? Infinity) + (claim.read() ?? 0), DUE_HELD_FOR_MS),
    claimAhead: () => {
      const freedDuringClaim = (maxInFlight * (claim.read() ?? 0)) / Math.max(request.read() ?? Infinity, 1);
      return Math.floor(Math.min(CLAIMS_AHEAD * freedDuringClaim, mostAhead));
    },
  };
}

/** A moving mean, undefined until it knows a value. */
function makeMean(): { record: (value: number) => void; read: () => number | undefined } {
  let mean: number | undefined;
  return {
    record: (value) => {
      mean = mean === undefined ? value : mean + WEIGHT * (value - mean);
    },
    read: () => mean,
  };
}
