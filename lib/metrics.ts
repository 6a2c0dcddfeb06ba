import type { Clock } from './domain/clock.ts';
import type { Histogram } from './domain/histogram.ts';
import { metricNamespace, metrics } from './topology.ts';

export type Metric = keyof typeof metrics;

/** Values that were measured together. Unknown values are omitted. */
export type Measured = { [Name in Metric]?: number | Histogram };

/** Emits the values that were measured; called once, at the end. */
export type EmitMetrics = (measured: Measured) => void;

/**
 * Makes the function that emits metrics as one document in CloudWatch's embedded metric format (EMF). The document is a line
 * of JSON in the function's log, from which CloudWatch reads the metrics.
 *
 * A histogram is emitted as values with their counts, like awslabs' EMF library and the CloudWatch agent do. Percentiles over
 * many workers are right only if each worker is weighted by its number of values, and an invocation has far more values than
 * the hundred that an array may hold. Powertools' Metrics supports only numbers and arrays, writes to its own console, and
 * warns in plain text when there is nothing to publish.
 *
 * @param options.writeLine receives a line without its line break.
 */
export function makeEmitMetrics(options: {
  deployment: string;
  clock: Clock;
  writeLine: (line: string) => void;
}): EmitMetrics {
  const { deployment, clock, writeLine } = options;
  return (measured) => {
    const found = metricNames.filter((name) => measured[name] !== undefined);
    if (found.length === 0) return;
    const members = found.map((name) => [metrics[name].name, toMember(measured[name])]);
    const directive = {
      Namespace: metricNamespace,
      Dimensions: [['service']],
      Metrics: found.map((name) => ({ Name: metrics[name].name, Unit: metrics[name].unit })),
    };
    writeLine(
      JSON.stringify({
        _aws: { Timestamp: clock.nowMs(), CloudWatchMetrics: [directive] },
        service: deployment,
        ...Object.fromEntries(members),
      }),
    );
  };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys returns strings, without the type of its argument
const metricNames = Object.keys(metrics) as Metric[];

function toMember(value: number | Histogram | undefined): unknown {
  if (typeof value !== 'object') return value;
  const { values, counts, min, max, sum, count } = value;
  return { Values: values, Counts: counts, Min: min, Max: max, Sum: sum, Count: count };
}
