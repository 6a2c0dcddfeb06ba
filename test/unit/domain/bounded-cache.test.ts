import { expect, test } from 'vitest';

import { boundedCache } from '../../../lib/domain/bounded-cache.ts';

test('a cached value is not computed again', () => {
  const cache = boundedCache<string, { made: number }>(2);
  let made = 0;
  const make = () => ({ made: (made += 1) });
  expect(cache('a', make)).toEqual({ made: 1 });
  expect(cache('a', make)).toEqual({ made: 1 });
});

test('a full cache keeps no more entries than its limit', () => {
  const cache = boundedCache<number, { key: number }>(10);
  for (let key = 0; key < 1_000; key += 1) cache(key, () => ({ key }));
  let hits = 0;
  for (let key = 0; key < 1_000; key += 1) {
    const probe = { key };
    if (cache(key, () => probe) !== probe) hits += 1;
  }
  expect(hits).toBeLessThanOrEqual(10);
});

test('entries that are requested in turn still hit when there are twice as many as fit', () => {
  const cache = boundedCache<number, { key: number }>(1_000);
  let made = 0;
  const pass = (): void => {
    for (let key = 0; key < 2_000; key += 1) {
      cache(key, () => {
        made += 1;
        return { key };
      });
    }
  };
  for (let passes = 0; passes < 10; passes += 1) pass();
  made = 0;
  pass();
  expect(made).toBeGreaterThanOrEqual(1_000);
  expect(made).toBeLessThan(1_800);
});

test('a failure is not cached', () => {
  const cache = boundedCache<string, object>(2);
  const fail = () => {
    throw new Error('no');
  };
  expect(() => cache('a', fail)).toThrow('no');
  expect(cache('a', () => ({ a: 1 }))).toEqual({ a: 1 });
});
