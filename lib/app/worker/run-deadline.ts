/** Time that a run keeps for recording its last outcomes. */
const RECORDING_RESERVE_MS = 10_000;
/**
 * Requests to slow hosts must end this long before a run may start no other requests. It is the default timeout of a job.
 * Otherwise the run could only wait for them, with most of its window free. Workers that were woken together would do so
 * together, and no worker would take work for that time.
 */
const SLOW_RESERVE_MS = 30_000;

export type RunDeadline = {
  /** Whether a request that is sent at the instant ends in time, even if it times out. */
  fits: (sentMs: number, timeoutMs: number) => boolean;
  /** The same for a request to a slow host. */
  fitsSlow: (sentMs: number, timeoutMs: number) => boolean;
};

/** @param deadlineMs the instant by which the function must have ended. */
export function makeRunDeadline(deadlineMs: number): RunDeadline {
  const endMs = deadlineMs - RECORDING_RESERVE_MS;
  return {
    fits: (sentMs, timeoutMs) => sentMs + timeoutMs <= endMs,
    fitsSlow: (sentMs, timeoutMs) => sentMs + timeoutMs + SLOW_RESERVE_MS <= endMs,
  };
}
