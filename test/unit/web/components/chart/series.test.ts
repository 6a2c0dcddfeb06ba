import { expect, test } from 'vitest';
import { atLeastOne, lonePlaces, scaleLimit, stack } from '../../../../../web/components/chart/series.ts';

test('stacked series lie on top of those before them, and unknown values stay unknown', () => {
  const of = (...values: (number | null)[]) => ({ label: '', colour: '', values });
  expect(stack([of(1, 2, null), of(3, 0, null), of(5, 1, 4)])).toEqual([
    [1, 2, null],
    [4, 2, null],
    [9, 3, 4],
  ]);
});

test('a series that may exceed the scale does not make the others too small to see', () => {
  const of = (values: number[], mayExceed?: boolean) => ({
    label: '',
    colour: '',
    values,
    ...(mayExceed !== undefined && { mayExceed }),
  });
  expect(scaleLimit([of([3, 1]), of([1, 1]), of([0, 5_000_000], true)])).toBe(6);
  // Without others, or without such a series, the scale has all values.
  expect(scaleLimit([of([0, 0]), of([0, 5_000_000], true)])).toBe(Infinity);
  expect(scaleLimit([of([3, 1])])).toBe(Infinity);
});

test('a value below 1 lies at the start of a scale of powers of ten', () => {
  expect(atLeastOne([0, 0.4, 7, null])).toEqual([1, 1, 7, null]);
});

test('a value between unknown ones is drawn as a point, because no line leads to it', () => {
  expect(lonePlaces([1, null, 2, 3, null, null, 4])).toEqual([0, 6]);
  expect(lonePlaces([null, null])).toEqual([]);
});
