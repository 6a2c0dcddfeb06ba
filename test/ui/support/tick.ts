/** How long a test waits for what the next tick does. A tick comes within a minute. */
export const WITHIN_A_TICK = { timeoutMs: 120_000, everyMs: 500 };
