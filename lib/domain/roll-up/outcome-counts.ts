import { addCounts, addValue } from './buckets.ts';

/** The final statuses of an execution, and RETRYING for a failed attempt that is retried. */
export const countedStatuses = ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED', 'RETRYING'] as const;
export type CountedStatus = (typeof countedStatuses)[number];

/** Outcomes, with the durations and latenesses of those whose request was sent. */
export type OutcomeCounts = {
  executions: number;
  duration: Distribution;
  lateness: Distribution;
};

export type Distribution = {
  sumMs: number;
  maxMs: number;
  /** The counts of the buckets, up to the last one that is not empty. */
  counts: number[];
};

export const noValues = (): Distribution => ({ sumMs: 0, maxMs: 0, counts: [] });
export const noOutcomes = (): OutcomeCounts => ({
  executions: 0,
  duration: noValues(),
  lateness: noValues(),
});

export function addValues(to: Distribution, valuesMs: readonly number[]): void {
  for (const valueMs of valuesMs) {
    const counted = Math.max(valueMs, 0);
    to.sumMs += counted;
    if (counted > to.maxMs) to.maxMs = counted;
    addValue(to.counts, counted);
  }
}

export function addDistribution(to: Distribution, added: Distribution): void {
  to.sumMs += added.sumMs;
  if (added.maxMs > to.maxMs) to.maxMs = added.maxMs;
  addCounts(to.counts, added.counts);
}

export function addOutcomes(to: OutcomeCounts, added: OutcomeCounts): void {
  to.executions += added.executions;
  addDistribution(to.duration, added.duration);
  addDistribution(to.lateness, added.lateness);
}
