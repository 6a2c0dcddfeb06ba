/** Kept for recording the last outcomes. */
const RECORDING_RESERVE_MS = 10_000;
/**
 * Requests to hosts that linger end at least so long before a run may start no others: the default timeout of a job.
 * Else the run could only wait for them, with most of its window free; and as workers that were woken together do so
 * together, nobody would take work for as long.
 */
const SLOW_RESERVE_MS = 30_000;

export type RunDeadline = {
  /** Whether a request that is sent at the instant ends in time, whatever comes of it. */
  fits: (sentMs: number, timeoutMs: number) => boolean;
  /** The same for one to a host that lingers. */
  fitsSlow: (sentMs: number, timeoutMs: number) => boolean;
};

/** @param deadlineMs when the function must have ended. */
export function makeRunDeadline(deadlineMs: number): RunDeadline {
  const endMs = deadlineMs - RECORDING_RESERVE_MS;
  return {
    fits: (sentMs, timeoutMs) => sentMs + timeoutMs <= endMs,
    fitsSlow: (sentMs, timeoutMs) => sentMs + timeoutMs + SLOW_RESERVE_MS <= endMs,
  };
}
