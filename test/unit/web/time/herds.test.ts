import { describe, expect, test } from 'vitest';
import {
  findHerds,
  levelOf,
  type Load,
  medianOf,
  quieterMinute,
  runsBetween,
} from '../../../../web/time/herds.ts';

const MINUTE_MS = 60_000;
const fromMs = Date.parse('2031-05-01T00:00:00Z');
const loadOf = (...perMinute: number[]): Load => ({ fromMs, perMinute });
const minute = (index: number) => fromMs + index * MINUTE_MS;

describe('herds', () => {
  test('a minute with more than ten times the runs of the median minute is a herd', () => {
    expect(findHerds(loadOf(4, 4, 41, 4, 40))).toEqual([{ atMs: minute(2), runs: 41 }]);
  });

  test('minutes without runs do not make every other minute a herd', () => {
    expect(findHerds(loadOf(0, 0, 0, 30, 0, 30, 0))).toEqual([]);
  });

  test('a few runs are not a herd, even next to minutes with fewer runs', () => {
    expect(findHerds(loadOf(1, 1, 19, 1))).toEqual([]);
  });

  test('without runs there is no herd', () => {
    expect(findHerds(loadOf())).toEqual([]);
    expect(findHerds(loadOf(0, 0))).toEqual([]);
  });

  test('the quieter minute is the nearest one with the fewest runs within a quarter of an hour', () => {
    const load = loadOf(100, 9, 3, 3, ...Array<number>(20).fill(7), 0);
    expect(quieterMinute(load, { atMs: minute(0), runs: 100 })).toEqual({ atMs: minute(2), runs: 3 });
  });

  test('a herd in the last minute has no quieter one', () => {
    expect(quieterMinute(loadOf(1, 100), { atMs: minute(1), runs: 100 })).toBeUndefined();
  });
});

describe('the runs of an hour', () => {
  test('the runs of its minutes are added up', () => {
    expect(runsBetween(loadOf(1, 2, 3, 4), minute(1), minute(3))).toBe(5);
  });

  test('an hour that has begun counts its remaining minutes', () => {
    expect(runsBetween(loadOf(1, 2), minute(-50), minute(1))).toBe(1);
  });

  test('an hour that has passed is unknown, and not empty', () => {
    expect(runsBetween(loadOf(1, 2), minute(-60), minute(0))).toBeUndefined();
  });
});

describe('shades', () => {
  test.each([
    { runs: 0, level: 0 },
    { runs: 1, level: 1 },
    { runs: 100, level: 2 },
    { runs: 109, level: 2 },
    { runs: 111, level: 3 },
    { runs: 140, level: 4 },
    { runs: 200, level: 5 },
    { runs: 9_000, level: 5 },
  ])('$runs runs have the shade $level where 100 are usual', ({ runs, level }) => {
    expect(levelOf(runs, 100)).toBe(level);
  });

  test('the median leaves out minutes without runs', () => {
    expect(medianOf([0, 0, 0, 5, 7, 9])).toBe(7);
    expect(medianOf([])).toBe(0);
  });
});
