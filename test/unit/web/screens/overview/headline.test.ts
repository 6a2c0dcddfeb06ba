import { describe, expect, test } from 'vitest';
import {
  failingWords,
  herdWords,
  punctuality,
  recentP99,
} from '../../../../../web/screens/overview/headline.ts';

describe('the line of the overview', () => {
  test.each([
    {
      p99Ms: 31,
      oldestDueAgeSeconds: 0,
      isLate: false,
      text: 'On time: p99 lateness 31 ms in the last hour.',
    },
    {
      p99Ms: 12_000,
      oldestDueAgeSeconds: 0,
      isLate: true,
      text: 'Late: p99 lateness 12 s in the last hour.',
    },
    { p99Ms: null, oldestDueAgeSeconds: 2, isLate: false, text: 'Nothing ran in the last hour.' },
    // No request was sent, because none can be sent.
    {
      p99Ms: null,
      oldestDueAgeSeconds: 190,
      isLate: true,
      text: 'Late: the oldest due execution has waited 3 min 10 s.',
    },
    // A negative age comes from clocks that differ.
    {
      p99Ms: 0.2,
      oldestDueAgeSeconds: -1,
      isLate: false,
      text: 'On time: p99 lateness < 1 ms in the last hour.',
    },
  ])('a p99 of $p99Ms ms and an age of $oldestDueAgeSeconds s read "$text"', ({ isLate, text, ...facts }) => {
    expect(punctuality({ recentP99Ms: null, ...facts })).toEqual({ isLate, text });
  });

  test('a downtime that is over stays in the hour, and is no longer called late', () => {
    const facts = { p99Ms: 340_000, recentP99Ms: 12, oldestDueAgeSeconds: 0 };
    expect(punctuality(facts)).toEqual({
      isLate: false,
      text: 'On time again: p99 lateness 12 ms in the last 5 minutes, 5 min 40 s in the last hour.',
    });
    expect(punctuality({ ...facts, oldestDueAgeSeconds: 60 }).isLate).toBe(true);
    expect(punctuality({ ...facts, recentP99Ms: 5_000 }).isLate).toBe(true);
  });

  test('the last minutes end where the counted minutes end', () => {
    const points = [340_000, 9, null, 12, 7, 8].map((p99, minute) => ({
      at: `2031-05-01T12:0${minute}:00Z`,
      latenessMs: p99 === null ? null : { p99 },
    }));
    const of = (countedUntil: string | null) => recentP99({ points, countedUntil });
    expect(of('2031-05-01T12:06:00Z')).toBe(12);
    expect(of('2031-05-01T12:05:00Z')).toBe(340_000);
    expect(of('2031-05-01T12:20:00Z')).toBe(null);
    expect(of(null)).toBe(null);
  });

  test.each([
    { count: 0, isCapped: false, text: 'No job is failing.' },
    { count: 1, isCapped: false, text: '1 job is failing.' },
    { count: 3, isCapped: false, text: '3 jobs are failing.' },
    { count: 1, isCapped: true, text: 'At least 1 job is failing.' },
    { count: 200, isCapped: true, text: 'At least 200 jobs are failing.' },
    { count: 0, isCapped: true, text: 'Some jobs may be failing.' },
  ])('$count failing jobs read "$text"', ({ text, ...counted }) => {
    expect(failingWords(counted)).toBe(text);
  });

  test('the next herd has its time in the zone that is shown, and its runs', () => {
    const herd = { atMs: Date.parse('2031-01-15T23:00:00Z'), runs: 1_412 };
    expect(herdWords(herd, 'Europe/Berlin')).toBe('Next herd at 00:00 CET, 1,412 runs.');
    expect(herdWords(undefined, 'UTC')).toBe('No herd in the next 24 hours.');
  });
});
