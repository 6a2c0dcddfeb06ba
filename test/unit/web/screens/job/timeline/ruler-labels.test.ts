import { describe, expect, test } from 'vitest';
import { edgesOf } from '../../../../../../web/screens/job/timeline/layout.ts';
import { makeRuler } from '../../../../../../web/screens/job/timeline/ruler-labels.ts';
import { makeScale } from '../../../../../../web/screens/job/timeline/scale.ts';

const nowMs = Date.parse('2026-11-30T07:21:00Z');
const MINUTE = 60_000;
const DAY = 86_400_000;

type Span = { pastMs: number | undefined; futureMs: number | undefined };

function rulerOf(
  { pastMs, futureMs }: Span,
  { width = 254, zone = 'Europe/Berlin', hasNow = true, atMs = nowMs } = {},
) {
  const fromMs = pastMs === undefined ? undefined : atMs - pastMs;
  const untilMs = futureMs === undefined ? undefined : atMs + futureMs;
  const scale = makeScale({ fromMs, nowMs: atMs, untilMs }, edgesOf(width));
  return makeRuler({ scale, zone, nowMs: atMs, width, hasNow });
}

const textsOf = (...args: Parameters<typeof rulerOf>): string[] =>
  rulerOf(...args)
    .labels.toSorted((one, other) => one.x - other.x)
    .map(({ text }) => text);

describe('the labels of a ruler', () => {
  test('on a phone, both ends and the present have a label on both rulers', () => {
    const span = { pastMs: 19 * DAY, futureMs: 19 * DAY };
    expect(textsOf(span)).toEqual(['11 Nov', 'now 08:21', '10 Dec', '19 Dec']);
    expect(textsOf(span, { zone: 'America/New_York', hasNow: false })).toEqual([
      '11 Nov',
      '02:21',
      '10 Dec',
      '19 Dec',
    ]);
  });

  test('an end that is on another day names the day, too', () => {
    expect(textsOf({ pastMs: 190 * MINUTE, futureMs: 23 * 60 * MINUTE })).toEqual([
      '05:11',
      'now 08:21',
      '18:00',
      '1 Dec 07:21',
    ]);
  });

  test('a job without a past has its present at the left, and a job without a future at the right', () => {
    expect(textsOf({ pastMs: undefined, futureMs: 19 * DAY }).at(0)).toBe('now 08:21');
    expect(textsOf({ pastMs: undefined, futureMs: 19 * DAY }).at(-1)).toBe('19 Dec');
    expect(textsOf({ pastMs: 19 * DAY, futureMs: undefined }).at(0)).toBe('11 Nov');
    expect(textsOf({ pastMs: 19 * DAY, futureMs: undefined }).at(-1)).toBe('now 08:21');
    expect(textsOf({ pastMs: undefined, futureMs: undefined })).toEqual(['now 08:21']);
  });

  test('a wide drawing has round times alone', () => {
    const span = { pastMs: 5 * DAY, futureMs: 5 * DAY };
    expect(textsOf(span, { width: 900 })).toEqual([
      '26 Nov',
      '27 Nov',
      '28 Nov',
      '29 Nov',
      'now',
      '1 Dec',
      '2 Dec',
      '3 Dec',
      '4 Dec',
      '5 Dec',
    ]);
    expect(textsOf(span, { width: 900, hasNow: false })).toContain('30 Nov');
  });

  test('no two labels overlap, and none leaves the drawing, at any width and span', () => {
    const spans = [undefined, 1_000, 10 * MINUTE, 190 * MINUTE, DAY, 20 * DAY, 600 * DAY];
    for (const width of [120, 200, 254, 330, 480, 519, 520, 700, 1_200])
      for (const zone of ['Europe/Berlin', 'Australia/Lord_Howe'])
        for (const hasNow of [true, false])
          for (const pastMs of spans)
            for (const futureMs of spans) {
              const { labels, marks } = rulerOf({ pastMs, futureMs }, { width, zone, hasNow });
              const boxes = labels
                .map(({ x, text }) => ({ from: x - text.length * 3, until: x + text.length * 3 }))
                .toSorted((one, other) => one.from - other.from);
              const gaps = boxes.slice(1).map(({ from }, index) => from - (boxes[index]?.until ?? 0));
              expect(Math.min(...gaps, 99), JSON.stringify(labels)).toBeGreaterThanOrEqual(6);
              expect(boxes.at(0)?.from ?? 0).toBeGreaterThanOrEqual(0);
              expect(boxes.at(-1)?.until ?? 0).toBeLessThanOrEqual(width);
              expect(new Set(marks.map(({ x }) => x)).size).toBe(marks.length);
            }
  });

  test('an end on a round time has one mark', () => {
    const atMs = Date.parse('2026-11-30T12:00:00Z');
    const midnight = { pastMs: 12.5 * DAY, futureMs: 12.5 * DAY };
    const { marks } = rulerOf(midnight, { zone: 'UTC', atMs });
    expect(marks.filter(({ x }) => Math.abs(x - 14) < 0.01)).toHaveLength(1);
  });
});
