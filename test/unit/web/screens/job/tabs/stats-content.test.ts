import { describe, expect, test } from 'vitest';
import type { JobStats } from '../../../../../../web/api/types.ts';
import {
  durationContent,
  latenessContent,
  outcomesContent,
} from '../../../../../../web/screens/job/tabs/stats-content.ts';

const none = {
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  skipped: 0,
  open: 0,
  durationMs: null,
  latenessMs: null,
};

const stats = (more: Partial<JobStats> = {}): JobStats => ({
  ...none,
  span: '24h',
  from: '2031-05-01T12:00:00.000Z',
  to: '2031-05-02T12:00:00.000Z',
  executions: 0,
  isCapped: false,
  oldestAt: null,
  stepSeconds: 900,
  points: [
    { at: '2031-05-02T11:30:00.000Z', ...none },
    { at: '2031-05-02T11:45:00.000Z', ...none },
  ],
  ...more,
});

describe('the charts of a job', () => {
  test('skipped occurrences have a series and a sentence of their own', () => {
    const [before, last] = stats().points;
    const { sentence, series } = outcomesContent(
      stats({ executions: 2, succeeded: 1, skipped: 299, points: [{ ...before!, skipped: 299 }, last!] }),
    );
    expect(sentence).toBe(
      '1 execution in the last 24 hours: 1 succeeded. 299 occurrences were skipped. Each bar has 15 min.',
    );
    expect(series.map(({ label }) => label)).toEqual(['Succeeded', 'Failed', 'Skipped']);
    expect(outcomesContent(stats({ executions: 1, skipped: 1 })).sentence).toBe(
      'No execution in the last 24 hours. 1 occurrence was skipped. Each bar has 15 min.',
    );
  });

  test('outcomes are counted for each step, and the ones that did not occur have no series', () => {
    const [before, last] = stats().points;
    const { figure, sentence, series } = outcomesContent(
      stats({
        executions: 1_004,
        succeeded: 1_002,
        failed: 1,
        open: 1,
        points: [
          { ...before!, succeeded: 1_002 },
          { ...last!, failed: 1, open: 1 },
        ],
      }),
    );
    expect(figure).toBe('99.9 % succeeded');
    expect(sentence).toBe(
      '1,004 executions in the last 24 hours: 1,002 succeeded, 1 not ended, 1 failed. Each bar has 15 min.',
    );
    expect(series.map(({ label, values }) => [label, ...values])).toEqual([
      ['Succeeded', 1_002, 0],
      ['Not ended', 0, 1],
      ['Failed', 0, 1],
    ]);
  });

  test('the median and the p99 of a step without a request are unknown', () => {
    const [before, last] = stats().points;
    const quantiles = { p50: 12, p99: 1_240, max: 3_000 };
    const both = stats({
      durationMs: quantiles,
      latenessMs: quantiles,
      points: [before!, { ...last!, durationMs: quantiles, latenessMs: quantiles }],
    });
    for (const content of [durationContent(both), latenessContent(both)]) {
      expect(content.figure).toBe('p99 1.24 s');
      expect(content.series.map(({ label, values }) => [label, ...values])).toEqual([
        ['p99', null, 1_240],
        ['p50', null, 12],
      ]);
    }
    expect(durationContent(both).sentence).toBe('Half of the requests took 12 ms at most, the longest 3 s.');
    expect(durationContent(stats())).toMatchObject({ figure: '–', sentence: 'No request has ended.' });
    expect(latenessContent(stats())).toMatchObject({ figure: '–', sentence: 'No request was sent.' });
  });
});
