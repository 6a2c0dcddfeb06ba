/** Where time comes from. Every rule about time takes one, so that tests need not wait. */
export type Clock = {
  /** Milliseconds since the epoch. */
  nowMs: () => number;
  /** Resolves at the instant, never before it by this clock; at once when it has passed; early when the signal aborts. */
  sleepUntil: (instantMs: number, signal?: AbortSignal) => Promise<void>;
};
