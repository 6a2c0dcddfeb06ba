import { describe, expect, test } from 'vitest';
import { judge, judgeLatency, type Overloaded } from '../../../load/overload/measure.ts';
import { DUE_PER_SECOND, EXECUTIONS } from '../../../load/overload/settings.ts';

const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

describe('the latency of the API', () => {
  test.each([
    ['is kept at a p99 of 100 ms', [...times(99, 5), 100], 2, true],
    ['is broken at a p99 of more than 100 ms', [...times(98, 5), 101, 101], 2, false],
    ['is not judged on a busy machine', times(100, 150), 4.1, true],
  ])('the latency target of the API %s', (_, latencies, load, isKept) => {
    expect(judgeLatency(latencies, load).isKept).toBe(isKept);
  });
});

/** Due as fast as the settings allow, sent at a tenth of that rate, in order. */
const arrivals = Array.from({ length: EXECUTIONS }, (_, place) => ({
  dueMs: (place * 1_000) / DUE_PER_SECOND,
  arrivedMs: (place * 10_100) / DUE_PER_SECOND,
}));
const halfMs = arrivals[EXECUTIONS / 2]!.arrivedMs;
const age = { atMs: halfMs, withinMs: 0, seconds: (halfMs - arrivals[EXECUTIONS / 2]!.dueMs) / 1_000 };
const clean: Overloaded = {
  arrivals,
  executions: EXECUTIONS,
  ages: [age],
  metricAges: [age],
  latencies: times(100, 5),
  load: 1,
  statuses: { SUCCESS: EXECUTIONS },
  wakeUpsLeft: 0,
  deadLetters: 0,
};

const broken = (run: Partial<Overloaded>): string[] =>
  judge({ ...clean, ...run })
    .filter(({ isKept }) => !isKept)
    .map(({ what }) => what);

describe('an overload', () => {
  test('a correct run under overload has no violation', () => {
    expect(broken({})).toEqual([]);
  });

  test.each<[string, Partial<Overloaded>, RegExp]>([
    [
      'workers that took too much for it',
      {
        arrivals: arrivals.map((a) => ({ ...a, arrivedMs: a.dueMs })),
        ages: [{ atMs: 0, withinMs: 0, seconds: 0 }],
      },
      /^executions due, as a multiple/,
    ],
    ['an execution that failed', { statuses: { SUCCESS: EXECUTIONS, FAILED: 1 } }, /another status/],
    ['one that never arrived', { executions: EXECUTIONS - 1 }, /that reached the target/],
    [
      'the newest first',
      { arrivals: arrivals.map((a, place) => ({ ...a, dueMs: arrivals.at(-1 - place)!.dueMs })) },
      /overtaken/,
    ],
    [
      'workers that fall asleep',
      {
        arrivals: arrivals.map((a, place) => ({
          ...a,
          arrivedMs: a.arrivedMs + (place < EXECUTIONS / 2 ? 0 : 1_000),
        })),
      },
      /longest pause/,
    ],
    ['an age that is wrong', { ages: [{ ...age, seconds: age.seconds + 2 }] }, /queue\/stats/],
    ['an age that no metric reported', { metricAges: [] }, /compared with the log/],
    ['wake-ups that stay', { wakeUpsLeft: 1 }, /wake-ups left/],
  ])('the overload check finds %s', (_, run, what) => {
    expect(broken(run)).toContainEqual(expect.stringMatching(what));
  });
});
