import { describe, expect, test } from 'vitest';
import { makeHistogramRecorder } from '../../lib/domain/histogram.ts';
import { makeEmitMetrics, type Measured } from '../../lib/metrics.ts';
import { ManualClock } from '../support/manual-clock.ts';

const START = Date.parse('2030-01-01T00:00:00Z');

function emitted(measured: Measured): string[] {
  const lines: string[] = [];
  const clock = new ManualClock(START);
  makeEmitMetrics({ deployment: 'shop-prod', clock, writeLine: (line) => lines.push(line) })(measured);
  return lines;
}

describe('metrics', () => {
  test('metrics are one line in the embedded metric format, with the service as the only dimension', () => {
    const lines = emitted({ tickDuration: 12.5, oldestDueAge: 0 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    expect(JSON.parse(lines[0]!)).toEqual({
      _aws: {
        Timestamp: START,
        CloudWatchMetrics: [
          {
            Namespace: 'Belfry',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'OldestDueAge', Unit: 'Seconds' },
              { Name: 'TickDuration', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      service: 'shop-prod',
      TickDuration: 12.5,
      OldestDueAge: 0,
    });
  });

  test('a metric may be a histogram of values and their counts', () => {
    const { record, read } = makeHistogramRecorder();
    for (const value of [3, 3, 40]) record(value);
    const [line] = emitted({ lateness: read()! });
    expect(JSON.parse(line!)).toMatchObject({
      Lateness: { Values: [3, 40], Counts: [2, 1], Min: 3, Max: 40, Sum: 46, Count: 3 },
    });
  });

  test('no line is written when nothing was measured', () => {
    expect(emitted({})).toEqual([]);
  });
});
