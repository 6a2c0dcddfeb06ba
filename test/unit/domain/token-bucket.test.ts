import { expect, test } from 'vitest';
import { makeTokenBucket } from '../../../lib/domain/token-bucket.ts';

test('a token bucket gives its burst at once, and then one token after the other', () => {
  const { take } = makeTokenBucket({ perSecond: 4, burst: 3 });
  expect([take(0), take(0), take(0), take(0)]).toEqual([undefined, undefined, undefined, 250]);
  expect([take(249), take(250), take(250)]).toEqual([1, undefined, 250]);
});

test('a token bucket never holds more than its burst', () => {
  const { take } = makeTokenBucket({ perSecond: 1, burst: 2 });
  take(0);
  expect([take(3_600_000), take(3_600_000), take(3_600_000)]).toEqual([undefined, undefined, 1_000]);
});

test('a clock that is set back does not fill a token bucket and does not close it permanently', () => {
  const { take } = makeTokenBucket({ perSecond: 1, burst: 1 });
  expect(take(3_600_000)).toBeUndefined();
  expect(take(0)).toBe(1_000);
  expect(take(1_000)).toBeUndefined();
});
