import { describe, expect, test } from 'vitest';
import {
  countedMinutes,
  formatRate,
  latenessContent,
  outcomesContent,
  queueContent,
} from '../../../../../web/screens/overview/points.ts';
import type { Stats } from '../../../../../web/api/types.ts';

const none = { succeeded: 0, failed: 0, cancelled: 0, skipped: 0 };
const point = (at: string, more: Partial<Stats['points'][number]> = {}): Stats['points'][number] => ({
  at,
  executions: none,
  retries: 0,
  durationMs: null,
  latenessMs: null,
  queue: null,
  ...more,
});
const stats = (more: Partial<Stats> = {}): Stats => ({
  from: '2031-05-01T12:00:00.000Z',
  to: '2031-05-01T12:30:00.000Z',
  stepSeconds: 900,
  group: null,
  countedUntil: '2031-05-01T12:20:00.000Z',
  total: { executions: none, retries: 0, durationMs: null, latenessMs: null },
  points: [point('2031-05-01T12:00:00.000Z'), point('2031-05-01T12:15:00.000Z')],
  ...more,
});

describe('the charts of the overview', () => {
  test('a step that is not over is divided by the minutes that are counted', () => {
    const at = stats();
    expect(countedMinutes('2031-05-01T12:00:00.000Z', at)).toBe(15);
    expect(countedMinutes('2031-05-01T12:15:00.000Z', at)).toBe(5);
    expect(countedMinutes('2031-05-01T12:30:00.000Z', at)).toBe(0);
    expect(countedMinutes('2031-05-01T12:00:00.000Z', { ...at, countedUntil: null })).toBe(0);
  });

  test('outcomes are rates a minute, and unknown where nothing is counted yet', () => {
    const executions = { ...none, succeeded: 30, failed: 15 };
    const { series, sentence, figure } = outcomesContent(
      stats({
        total: { executions, retries: 0, durationMs: null, latenessMs: null },
        points: [
          point('2031-05-01T12:00:00.000Z', { executions }),
          point('2031-05-01T12:15:00.000Z', { executions }),
          point('2031-05-01T12:30:00.000Z'),
        ],
      }),
      'the last hour',
    );
    expect(series.map(({ label, values }) => [label, values])).toEqual([
      ['Succeeded', [2, 6, null]],
      ['Failed', [1, 3, null]],
    ]);
    expect(figure).toBe('66.6 % succeeded');
    expect(sentence).toBe('45 executions ended in the last hour: 30 succeeded, 15 failed.');
  });

  test('skipped occurrences are shown separately from executions that ended', () => {
    const executions = { ...none, succeeded: 30, skipped: 299 };
    const total = { executions, retries: 0, durationMs: null, latenessMs: null };
    const { series, sentence } = outcomesContent(stats({ total }), 'the last hour');
    expect(series.map(({ label }) => label)).toEqual(['Succeeded', 'Failed', 'Skipped']);
    expect(sentence).toBe(
      '30 executions ended in the last hour: 30 succeeded. 299 occurrences were skipped.',
    );
    const onlySkipped = { ...total, executions: { ...none, skipped: 1 } };
    expect(outcomesContent(stats({ total: onlySkipped }), 'the last hour').sentence).toBe(
      'No execution ended in the last hour. 1 occurrence was skipped.',
    );
  });

  test('one failure among many successes never shows as 100 %', () => {
    const executions = { ...none, succeeded: 1_000_000, failed: 1 };
    const total = { executions, retries: 0, durationMs: null, latenessMs: null };
    expect(outcomesContent(stats({ total }), 'the last hour').figure).toBe('99.9 % succeeded');
  });

  test('charts without data say so', () => {
    expect(outcomesContent(stats(), 'the last 7 days').sentence).toBe(
      'No execution ended in the last 7 days.',
    );
    expect(latenessContent(stats(), 'the last 7 days').sentence).toBe(
      'No request was sent in the last 7 days.',
    );
    expect(queueContent(stats(), 'the last 7 days').sentence).toBe(
      'The queue was not measured in the last 7 days.',
    );
  });

  test('the queue shows the longest wait and the most ready executions', () => {
    const queue = { ready: 4, scheduled: 9, retrying: null, processing: 1, oldestDueAgeSeconds: 75 };
    const content = queueContent(
      stats({ points: [point('2031-05-01T12:00:00.000Z', { queue })] }),
      'the last hour',
    );
    expect(content.figure).toBe('4 ready at most');
    expect(content.sentence).toBe('A due execution waited 1 min 15 s at most in the last hour.');
    expect(content.series.map(({ values }) => values)).toEqual([[4], [9], [null]]);
  });

  test.each([
    [0, '0'],
    [0.0166, '0.02'],
    [0.25, '0.3'],
    [1_234.5, '1,235'],
  ])('a rate of %f a minute reads %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });
});
