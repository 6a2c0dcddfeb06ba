import { expect, test } from 'vitest';
import { makeTtlCache } from '../../../lib/domain/ttl-cache.ts';

test('a cached value is kept until its time to live ends', () => {
  const cache = makeTtlCache<number>({ maxEntries: 10, ttlMs: 1_000 });
  cache.set('a', 1, 5_000);
  expect([5_000, 5_999, 6_000].map((nowMs) => cache.get('a', nowMs))).toEqual([1, 1, undefined]);
});

test('the time to live of a cached value starts again when it is stored again', () => {
  const cache = makeTtlCache<number>({ maxEntries: 10, ttlMs: 1_000 });
  cache.set('a', 1, 5_000);
  cache.set('a', 2, 5_500);
  expect([5_999, 6_499, 6_500].map((nowMs) => cache.get('a', nowMs))).toEqual([2, 2, undefined]);
});

test('a cached value from the future is not used, because the clock was set back', () => {
  const cache = makeTtlCache<number>({ maxEntries: 10, ttlMs: 1_000 });
  cache.set('a', 1, 5_000);
  expect(cache.get('a', 4_999)).toBeUndefined();
});

test('a full cache drops the value that was stored first', () => {
  const cache = makeTtlCache<number>({ maxEntries: 2, ttlMs: 1_000 });
  cache.set('a', 1, 0);
  cache.set('b', 2, 1);
  cache.set('a', 3, 2);
  cache.set('c', 4, 3);
  expect(['a', 'b', 'c'].map((name) => cache.get(name, 4))).toEqual([3, undefined, 4]);
});

test('a deleted value is gone, and deleting an unknown one does nothing', () => {
  const cache = makeTtlCache<number>({ maxEntries: 2, ttlMs: 1_000 });
  cache.set('a', 1, 0);
  cache.delete('a');
  cache.delete('b');
  expect(cache.get('a', 0)).toBeUndefined();
});
