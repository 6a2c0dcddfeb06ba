/**
 * Returns a look-up that keeps what `make` returned, at most `maxEntries` (1 or more) of them: the oldest leaves for the
 * newest, however often it was asked for. What `make` throws is not kept.
 */
export function boundedCache<K, V extends object>(maxEntries: number): (key: K, make: (key: K) => V) => V {
  const kept = new Map<K, V>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make(key);
    for (const oldest of kept.keys()) {
      if (kept.size < maxEntries) break;
      kept.delete(oldest);
    }
    kept.set(key, made);
    return made;
  };
}
