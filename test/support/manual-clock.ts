import { setImmediate as turn } from 'node:timers/promises';
import type { CheckedClock } from '../../lib/clock/checked-clock.ts';

type Sleeper = { instantMs: number; wake: () => void };

/**
 * A clock that stands still until it is advanced. Sleepers wake in the order of their instants, and at each instant the code
 * that woke continues, and may sleep again, before time moves further.
 *
 * Code that awaits real I/O may not sleep yet when the clock is advanced. Then wait for its sleep first, with `until(() =>
 * clock.sleeperCount() === 1)`.
 */
export class ManualClock implements CheckedClock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(start: Date | number | string = '2030-01-01T00:00:00Z') {
    this.#nowMs = new Date(start).getTime();
  }

  // These are fields, not methods, because the functions of a Clock may be used without it.
  readonly nowMs = (): number => this.#nowMs;

  /** It is always right. */
  readonly check = async (): Promise<void> => {};

  readonly now = (): Date => new Date(this.#nowMs);

  readonly sleepUntil = (instantMs: number, signal?: AbortSignal): Promise<void> => {
    if (instantMs <= this.#nowMs || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      const sleeper = { instantMs, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  };

  readonly sleeperCount = (): number => this.#sleepers.length;

  /** The instant at which the next sleeper wakes; undefined when there is no sleeper. */
  readonly nextWakeMs = (): number | undefined =>
    this.#sleepers.length === 0 ? undefined : Math.min(...this.#sleepers.map((sleeper) => sleeper.instantMs));

  readonly advanceTo = async (instant: Date | number | string): Promise<void> => {
    const targetMs = new Date(instant).getTime();
    if (targetMs < this.#nowMs) throw new Error('advanceTo goes forward only; stepBackTo goes back');
    await settle();
    for (;;) {
      const nextMs = this.nextWakeMs();
      if (nextMs === undefined || nextMs > targetMs) break;
      this.#nowMs = nextMs;
      for (const sleeper of this.#sleepers.filter((sleeper) => sleeper.instantMs === nextMs)) sleeper.wake();
      await settle();
    }
    this.#nowMs = targetMs;
    await settle();
  };

  readonly advanceBy = (durationMs: number): Promise<void> => this.advanceTo(this.#nowMs + durationMs);

  /** Acts like a machine's clock that is set back: sleepers continue to sleep until their instant. */
  readonly stepBackTo = (instant: Date | number | string): void => {
    this.#nowMs = new Date(instant).getTime();
  };
}

/** Lets all microtasks and ready I/O run, several times. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn();
}
