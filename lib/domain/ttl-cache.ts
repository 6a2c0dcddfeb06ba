/**
 * A cache of values by name, with a time to live. Time is an argument, in epoch milliseconds.
 *
 * Three other caches stay apart, because each would need an option that the others never use:
 * - `schedule/bounded-cache.ts` never expires, so its hits read no clock, and it replaces at random, because ticks read all
 *   entries in turn. A tick looks one up for each due schedule.
 * - `secrets/fresh-value.ts` has one value. An old one stays in use while a new one is read in the background.
 * - `outgoing/resolve-name.ts` shares look-ups in progress, which never make room, and each answer has its own time to live.
 */
export type TtlCache<V> = {
  /** Returns undefined if there is no value, if it has expired, or if the clock was set back since it was stored. */
  get: (name: string, nowMs: number) => V | undefined;
  /** Stores a value. When the cache is full, the oldest value is removed. */
  set: (name: string, value: V, nowMs: number) => void;
  delete: (name: string) => void;
};

/** Makes an empty cache. `maxEntries` must be 1 or more. */
export function makeTtlCache<V>({ maxEntries, ttlMs }: { maxEntries: number; ttlMs: number }): TtlCache<V> {
  // A map keeps the order of insertion, so its first entry is the oldest.
  const entries = new Map<string, { value: V; storedAtMs: number }>();
  return {
    get: (name, nowMs) => {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      const ageMs = nowMs - entry.storedAtMs;
      // A clock that was set back must not extend the life of a value: a revoked key would continue to work.
      return ageMs >= 0 && ageMs < ttlMs ? entry.value : undefined;
    },
    set: (name, value, nowMs) => {
      entries.delete(name);
      const [oldest] = entries.keys();
      if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest);
      entries.set(name, { value, storedAtMs: nowMs });
    },
    delete: (name) => {
      entries.delete(name);
    },
  };
}
