import { expect, test } from 'vitest';

import { boundedCache } from '../../../../lib/domain/schedule/bounded-cache.ts';

test('what is kept is not made again', () => {
  const cache = boundedCache<string, { made: number }>(2);
  let made = 0;
  const make = () => ({ made: (made += 1) });
  expect(cache('a', make)).toEqual({ made: 1 });
  expect(cache('a', make)).toEqual({ made: 1 });
});

test('when it is full the oldest leaves', () => {
  const cache = boundedCache<string, { made: number }>(2);
  let made = 0;
  const make = () => ({ made: (made += 1) });
  for (const key of ['a', 'b', 'c']) cache(key, make);
  expect(cache('b', make)).toEqual({ made: 2 });
  expect(cache('c', make)).toEqual({ made: 3 });
  expect(cache('a', make)).toEqual({ made: 4 });
});

test('a failure is not kept', () => {
  const cache = boundedCache<string, object>(2);
  const fail = () => {
    throw new Error('no');
  };
  expect(() => cache('a', fail)).toThrow('no');
  expect(cache('a', () => ({ a: 1 }))).toEqual({ a: 1 });
});
