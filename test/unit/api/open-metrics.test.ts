import { describe, expect, test } from 'vitest';
import { openMetricsText } from '../../../lib/api/open-metrics.ts';
import type { ServiceMetrics } from '../../../lib/app/read-metrics.ts';
import { addValues, noOutcomes } from '../../../lib/domain/roll-up/outcome-counts.ts';
import type { GroupSeries } from '../../../lib/domain/roll-up/series.ts';
import { parseOpenMetrics } from '../../support/open-metrics.ts';

const idle: ServiceMetrics = {
  totals: [],
  countedUntil: undefined,
  queue: undefined,
  oldestDueAgeMs: 0,
  schedulerLagMs: 0,
};

function totalOf(series: GroupSeries, status: 'SUCCESS' | 'FAILED' | 'RETRYING', values: number[]) {
  const counts = noOutcomes();
  counts.executions = values.length;
  addValues(counts.duration, values);
  addValues(counts.lateness, values);
  return { ...counts, series, status };
}

const parse = (metrics: Partial<ServiceMetrics>) =>
  parseOpenMetrics(openMetricsText({ ...idle, ...metrics }, '1.2.3'));

function valueOf(
  families: ReturnType<typeof parse>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const family = [...families].find(([of]) => name.startsWith(of))?.[1];
  return family?.samples.find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

describe('the OpenMetrics text', () => {
  test('a new deployment has valid metrics, with zeros for jobs without a group', () => {
    const families = parse({});
    expect(valueOf(families, 'belfry_executions_total', { group: '', status: 'SUCCESS' })).toBe(0);
    expect(valueOf(families, 'belfry_retries_total', { group: '' })).toBe(0);
    expect(valueOf(families, 'belfry_lateness_seconds_count', { group: '' })).toBe(0);
    expect(valueOf(families, 'belfry_build_info', { version: '1.2.3' })).toBe(1);
    expect(valueOf(families, 'belfry_counted_until_timestamp_seconds')).toBeUndefined();
  });

  test('outcomes are counted by status and group, and retries apart from them', () => {
    const families = parse({
      totals: [
        totalOf('none', 'SUCCESS', [1, 2, 3]),
        totalOf('group:billing', 'FAILED', [4]),
        totalOf('group:billing', 'RETRYING', [5, 6]),
        totalOf('other', 'SUCCESS', [7]),
      ],
    });
    const executions = (group: string, status: string) =>
      valueOf(families, 'belfry_executions_total', { group, status });
    expect(executions('', 'SUCCESS')).toBe(3);
    expect(executions('billing', 'FAILED')).toBe(1);
    expect(executions('billing', 'SUCCESS')).toBe(0);
    expect(executions('billing', 'RETRYING')).toBeUndefined();
    expect(executions('(other)', 'SUCCESS')).toBe(1);
    expect(valueOf(families, 'belfry_retries_total', { group: 'billing' })).toBe(2);
  });

  test('the buckets of a histogram count the values up to their bounds', () => {
    const families = parse({ totals: [totalOf('none', 'SUCCESS', [1, 2, 3, 1_024, 1_025, 90_000])] });
    const upTo = (le: string) =>
      valueOf(families, 'belfry_execution_duration_seconds_bucket', { status: 'SUCCESS', le });
    expect(['0.001', '0.002', '0.004', '1.024', '2.048', '65.536', '131.072', '+Inf'].map(upTo)).toEqual([
      1, 2, 3, 4, 5, 5, 6, 6,
    ]);
    expect(valueOf(families, 'belfry_execution_duration_seconds_sum', { status: 'SUCCESS' })).toBe(92.055);
  });

  test('the lateness includes that of attempts that were retried', () => {
    const families = parse({
      totals: [totalOf('none', 'SUCCESS', [1]), totalOf('none', 'RETRYING', [2, 3])],
    });
    expect(valueOf(families, 'belfry_lateness_seconds_count')).toBe(3);
    expect(valueOf(families, 'belfry_execution_duration_seconds_count', { status: 'SUCCESS' })).toBe(1);
  });

  test('the state of the queue is missing while Redis does not respond, and the rest remains', () => {
    const queue = { ready: 1, scheduled: 2, processing: 3, retrying: 4, completed: 5, failed: 6 };
    const without = parse({ oldestDueAgeMs: 1_500, schedulerLagMs: 61_500 });
    expect(valueOf(without, 'belfry_redis_up')).toBe(0);
    expect(without.get('belfry_queue_executions')?.samples).toEqual([]);
    expect(valueOf(without, 'belfry_oldest_due_age_seconds')).toBe(1.5);
    expect(valueOf(without, 'belfry_scheduler_lag_seconds')).toBe(61.5);
    const families = parse({ queue });
    expect(valueOf(families, 'belfry_redis_up')).toBe(1);
    expect(valueOf(families, 'belfry_queue_executions', { state: 'retrying' })).toBe(4);
  });

  test('any name of a group is a valid label', () => {
    const name = 'a "quoted"\\ name\nwith lines, {braces} and = signs';
    const families = parse({ totals: [totalOf(`group:${name}`, 'SUCCESS', [1])] });
    expect(valueOf(families, 'belfry_executions_total', { group: name, status: 'SUCCESS' })).toBe(1);
  });
});

describe('the parser of the tests', () => {
  const counter = '# TYPE a counter\n# HELP a text\n';
  test.each([
    ['a text without an end', `${counter}a_total 1\n`, /# EOF/],
    ['a sample without its suffix', `${counter}a 1\n# EOF\n`, /another family/],
    ['a repeated sample', `${counter}a_total 1\na_total 2\n# EOF\n`, /repeats a sample/],
    ['a label that is not escaped', `${counter}a_total{b="c"d"} 1\n# EOF\n`, /not a sample/],
    ['a repeated family', `${counter}${counter}# EOF\n`, /repeats a family/],
    ['a unit that is not in the name', '# TYPE a gauge\n# UNIT a seconds\n# EOF\n', /unit/],
    [
      'a histogram whose buckets decrease',
      '# TYPE a histogram\na_bucket{le="1.0"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n# EOF\n',
      /not cumulative/,
    ],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseOpenMetrics(text)).toThrow(message);
  });
});
