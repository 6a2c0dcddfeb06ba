/** Values that are kept for a while under a name. Time is an argument, in epoch milliseconds. */
export type TtlCache<V> = {
  /** Undefined when there is none, when its time is over, and when the clock was set back since it was stored. */
  get: (name: string, nowMs: number) => V | undefined;
  /** Keeps a value from now on. When the cache is full, the value that was stored first leaves. */
  set: (name: string, value: V, nowMs: number) => void;
  delete: (name: string) => void;
};

/** @param maxEntries 1 or more. */
export function makeTtlCache<V>({ maxEntries, ttlMs }: { maxEntries: number; ttlMs: number }): TtlCache<V> {
  // A map keeps the order of insertion: its first entry is the oldest.
  const entries = new Map<string, { value: V; storedAtMs: number }>();
  return {
    get: (name, nowMs) => {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      const ageMs = nowMs - entry.storedAtMs;
      // A clock that was set back must not prolong a value: a key that was revoked would stay in use.
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
