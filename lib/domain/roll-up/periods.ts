/** The periods that outcomes and queue depths are counted by, in seconds. They begin at multiples of their length in UTC. */
export const periodsSeconds = [60, 300, 3_600, 86_400] as const;
export type PeriodSeconds = (typeof periodsSeconds)[number];

/** How many days each period is kept. The longer ones take the place of the shorter ones. */
export const keptDays: Record<PeriodSeconds, number> = { 60: 14, 300: 31, 3_600: 400, 86_400: 400 };

/** Returns the start of the period that contains the instant. */
export const startOfPeriod = (instantMs: number, seconds: number): number =>
  Math.floor(instantMs / (seconds * 1_000)) * seconds * 1_000;
