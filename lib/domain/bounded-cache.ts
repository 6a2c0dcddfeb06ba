/**
 * Returns a function that caches at most `maxEntries` (1 or more) results of `make`. When the cache is full, a new
 * result replaces a random one. Errors of `make` are not cached.
 *
 * The replacement is random because ticks read all schedules in turn. With more schedules than entries, a cache that
 * replaces the oldest or the least recently used entry would drop each entry just before it is needed again, and would
 * never hit.
 */
export function boundedCache<K, V extends object | string>(
  maxEntries: number,
): (key: K, make: (key: K) => V) => V {
  const kept = new Map<K, V>();
  const keys: K[] = [];
  let state = 1;
  /** Marsaglia's xorshift with 32 bits. Each place is equally likely, and the order is the same in every run. */
  const nextPlace = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % maxEntries;
  };
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make(key);
    const place = keys.length < maxEntries ? keys.length : nextPlace();
    const replaced = keys[place];
    if (replaced !== undefined) kept.delete(replaced);
    keys[place] = key;
    kept.set(key, made);
    return made;
  };
}
