import { describe, expect, test } from 'vitest';
import type { GroupStats } from '../../../../../web/api/types.ts';
import { failuresContent } from '../../../../../web/screens/overview/failures-content.ts';

type Series = GroupStats['others'];

/** A series of steps, each with its numbers of succeeded and failed executions. */
function series(...steps: [succeeded: number, failed: number][]): Series {
  const points = steps.map(([succeeded, failed], step) => ({
    at: `2031-05-01T12:0${step}:00.000Z`,
    succeeded,
    failed,
  }));
  const sum = (of: 'succeeded' | 'failed') => points.reduce((all, point) => all + point[of], 0);
  const [succeeded, failed] = [sum('succeeded'), sum('failed')];
  const failureShare = succeeded + failed === 0 ? null : failed / (succeeded + failed);
  return { succeeded, failed, failureShare, points };
}

const stats = (groups: Record<string, Series>, others: Series): GroupStats => ({
  from: '2031-05-01T12:00:00.000Z',
  to: '2031-05-01T12:02:00.000Z',
  stepSeconds: 60,
  countedUntil: '2031-05-01T12:02:00.000Z',
  groups: Object.entries(groups).map(([group, each]) => ({ group, ...each })),
  others,
});

describe('the failure shares of the overview', () => {
  test('each group has a line of its shares, and the others have one together', () => {
    const {
      figure,
      sentence,
      series: lines,
    } = failuresContent(
      stats({ billing: series([1, 1], [0, 0]), shop: series([3, 1], [4, 0]) }, series([0, 0], [10, 0])),
      'the last hour',
    );
    expect(figure).toBe('billing 50 %');
    expect(sentence).toBe('1 of 2 executions of billing failed in the last hour.');
    expect(lines.map(({ label, values, total }) => ({ label, values, total }))).toEqual([
      { label: 'billing', values: [0.5, null], total: 0.5 },
      { label: 'shop', values: [0.25, 0], total: 0.125 },
      { label: 'Other jobs', values: [null, 0], total: 0 },
    ]);
    expect(new Set(lines.map(({ colour }) => colour)).size).toBe(3);
  });

  test('other jobs have no line where all executions are of the groups', () => {
    const { series: lines } = failuresContent(
      stats({ billing: series([1, 1]) }, series([0, 0])),
      'the last hour',
    );
    expect(lines.map(({ label }) => label)).toEqual(['billing']);
  });

  test.each([
    [series([0, 0]), '–', 'No execution ended in the last hour.'],
    [series([7, 0]), '0 %', 'No execution failed in the last hour.'],
    [
      series([1, 1]),
      '50 %',
      'No group has a failed execution. 1 of 2 executions of other jobs failed in the last hour.',
    ],
  ])('without a failing group, the others have the figure (%#)', (others, figure, sentence) => {
    expect(failuresContent(stats({}, others), 'the last hour')).toMatchObject({
      figure,
      sentence,
      series: [{ label: 'Other jobs' }],
    });
  });
});
