import { expect, test } from 'vitest';
import { makeTtlCache } from '../../../lib/domain/ttl-cache.ts';

test('a value is kept until its time is over', () => {
  const cache = makeTtlCache<number>({ maxEntries: 10, ttlMs: 1_000 });
  cache.set('a', 1, 5_000);
  expect([5_000, 5_999, 6_000].map((nowMs) => cache.get('a', nowMs))).toEqual([1, 1, undefined]);
});

test('a value that is stored again is kept from then on', () => {
  const cache = makeTtlCache<number>({ maxEntries: 10, ttlMs: 1_000 });
  cache.set('a', 1, 5_000);
  cache.set('a', 2, 5_500);
  expect([5_999, 6_499, 6_500].map((nowMs) => cache.get('a', nowMs))).toEqual([2, 2, undefined]);
});

test('a value from the future is not used: the clock was set back', () => {
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

test('a deleted value is gone, and so is one that never was', () => {
  const cache = makeTtlCache<number>({ maxEntries: 2, ttlMs: 1_000 });
  cache.set('a', 1, 0);
  cache.delete('a');
  cache.delete('b');
  expect(cache.get('a', 0)).toBeUndefined();
});
