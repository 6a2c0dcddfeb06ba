export const factCodes = [
  // In the order of the answer.
  'REQUESTED',
  'DISPATCHED',
  'DISPATCHED_LATE',
  'REQUEUED',
  'SNOOZED',
  'HELD_BACK',
  'STARTED',
  'ATTEMPTS_NOT_KEPT',
  'ATTEMPT_FAILED',
  'ATTEMPT_REFUSED',
  'ATTEMPT_FREED',
  'WITHDRAWN',
  'WAITING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
] as const;
export type FactCode = (typeof factCodes)[number];

/** Something that was recorded when it happened, or the state of an execution that has not ended. */
export type Fact = {
  code: FactCode;
  at: Date | null;
  /** Instants are ISO 8601. */
  values: Record<string, string | number | null>;
  /** The fact in plain English. */
  sentence: string;
};

export const toFact = (
  code: FactCode,
  happenedAt: Date | null,
  values: Fact['values'],
  sentence: string,
): Fact => ({
  code,
  at: happenedAt,
  values,
  sentence,
});

export const at = (instant: Date | null): string => instant?.toISOString() ?? 'an unknown time';
export const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const withRest = (whole: string, rest: number, unit: string): string =>
  rest === 0 ? whole : `${whole} ${rest} ${unit}`;

/** Such as `4 ms`, `2.58 s`, `3 min` or `3 min 18 s`. */
export function lasting(ms: number): string {
  if (ms === 0) return 'less than 1 ms';
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(3))} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return withRest(`${minutes} min`, seconds % 60, 's');
  return withRest(`${Math.floor(minutes / 60)} h`, minutes % 60, 'min');
}
