import type { Clock } from '../../domain/clock.ts';

/** Repeats a step until it handles less than a full batch, or until the deadline. Returns the total of its counts. */
export type Drain = (deadlineMs: number, step: () => Promise<number>) => Promise<number>;

export function makeDrain(clock: Clock, executionsPerBatch: number): Drain {
  return async (deadlineMs, step) => {
    let total = 0;
    while (clock.nowMs() < deadlineMs) {
      const count = await step();
      total += count;
      if (count < executionsPerBatch) break;
    }
    return total;
  };
}
