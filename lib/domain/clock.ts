/** The source of time. Every function that depends on time takes a clock, so that tests do not have to wait. */
export type Clock = {
  /** Milliseconds since the epoch. */
  nowMs: () => number;
  /** Resolves at or after the instant by this clock, at once if it has passed, or when the signal aborts. */
  sleepUntil: (instantMs: number, signal?: AbortSignal) => Promise<void>;
};
