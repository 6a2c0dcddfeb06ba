import { originOf } from '../../domain/origin.ts';
import { type HeldBackOrigin, MAX_HELD_BACK } from '../../redis/hold-back.ts';

/** A pause that ends less than this later than the known one is not shared: every response would tell the others again. */
const SHARED_STEP_MS = 1_000;

/**
 * The origins that have asked for a pause (Retry-After), and when it ends. An environment learns of them from its own
 * responses and, in its takes, from other workers.
 */
export type HeldOrigins = {
  /** Until when a request to the URL waits. Undefined if it may be sent now. */
  untilMs: (url: string, nowMs: number) => number | undefined;
  /** A response to a request of this environment has asked for a pause. */
  hold: (url: string, untilMs: number, nowMs: number) => void;
  /** The version that this environment knows of the shared origins. */
  version: () => string;
  /** Other workers have shared these origins. */
  learn: (shared: { version: string; origins: readonly HeldBackOrigin[] }, nowMs: number) => void;
  hasUnshared: () => boolean;
  /** Removes and returns the origins that the other workers do not know yet. */
  takeUnshared: () => HeldBackOrigin[];
};

/** @param settings.maxRetryAfterMs the longest pause. A longer one comes from a wrong clock, and counts as the longest. */
export function makeHeldOrigins(settings: { maxRetryAfterMs: number }): HeldOrigins {
  const untilByOrigin = new Map<string, number>();
  const unshared = new Map<string, number>();
  let version = '';

  /** Returns whether the pause is longer than the known one. */
  const raise = (origin: string, askedMs: number, stepMs: number, nowMs: number): boolean => {
    const untilMs = Math.min(askedMs, nowMs + settings.maxRetryAfterMs);
    if (origin === '' || untilMs <= nowMs) return false;
    const known = untilByOrigin.get(origin) ?? 0;
    if (untilMs <= known) return false;
    if (!untilByOrigin.has(origin) && untilByOrigin.size >= MAX_HELD_BACK) makeRoom(nowMs);
    untilByOrigin.set(origin, untilMs);
    return untilMs >= known + stepMs;
  };

  /** Forgets the pauses that are over, or the one that ends first. */
  const makeRoom = (nowMs: number): void => {
    let first: [string, number] | undefined;
    for (const entry of untilByOrigin) {
      if (entry[1] <= nowMs) untilByOrigin.delete(entry[0]);
      else if (first === undefined || entry[1] < first[1]) first = entry;
    }
    if (untilByOrigin.size >= MAX_HELD_BACK && first !== undefined) untilByOrigin.delete(first[0]);
  };

  return {
    untilMs: (url, nowMs) => {
      if (untilByOrigin.size === 0) return undefined;
      const origin = originOf(url);
      const untilMs = untilByOrigin.get(origin);
      if (untilMs === undefined || untilMs > nowMs) return untilMs;
      untilByOrigin.delete(origin);
      return undefined;
    },
    hold: (url, untilMs, nowMs) => {
      const origin = originOf(url);
      if (raise(origin, untilMs, SHARED_STEP_MS, nowMs)) unshared.set(origin, untilMs);
    },
    version: () => version,
    learn: (shared, nowMs) => {
      version = shared.version;
      for (const { origin, untilMs } of shared.origins) raise(origin, untilMs, 0, nowMs);
    },
    hasUnshared: () => unshared.size > 0,
    takeUnshared: () => {
      const origins = [...unshared].map(([origin, untilMs]) => ({ origin, untilMs }));
      unshared.clear();
      return origins;
    },
  };
}
