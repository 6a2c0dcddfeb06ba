import { describe, expect, test } from 'vitest';
import { makeScale } from '../../../../../../web/screens/job/timeline/scale.ts';

const line = { left: 0, right: 1_000 };
const HOUR = 3_600_000;

describe('the scale of a timeline', () => {
  test('the past and the future share a scale when they are about as long', () => {
    const { segments, x } = makeScale({ fromMs: 0, nowMs: 20 * HOUR, untilMs: 40 * HOUR }, line);
    expect(segments).toHaveLength(1);
    expect([x(0), x(20 * HOUR), x(40 * HOUR)]).toEqual([0, 500, 1_000]);
  });

  test('a past of a minute next to a future of weeks gets a scale of its own', () => {
    const nowMs = 1_000 * HOUR;
    const { segments, x } = makeScale({ fromMs: nowMs - 60_000, nowMs, untilMs: nowMs + 480 * HOUR }, line);
    expect(segments).toHaveLength(2);
    expect(x(nowMs - 60_000)).toBe(0);
    expect(x(nowMs)).toBe(400);
    expect(x(nowMs - 30_000)).toBe(200);
    expect(x(nowMs + 480 * HOUR)).toBe(1_000);
  });

  test('a job without a past, or without a future, leaves a margin at that side', () => {
    const past = makeScale({ fromMs: 0, nowMs: HOUR, untilMs: undefined }, line);
    expect([past.segments.length, past.x(HOUR)]).toEqual([1, 920]);
    const future = makeScale({ fromMs: undefined, nowMs: 0, untilMs: HOUR }, line);
    expect([future.segments.length, Math.round(future.x(0))]).toEqual([1, 80]);
  });

  test('a job without any run still places the present', () => {
    const { segments, x } = makeScale({ fromMs: undefined, nowMs: 5, untilMs: undefined }, line);
    expect(segments).toEqual([]);
    expect(Number.isFinite(x(5))).toBe(true);
  });
});
