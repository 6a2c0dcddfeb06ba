import type { Clock } from './domain/clock.ts';
import type { Histogram } from './domain/histogram.ts';
import { metricNamespace, metrics } from './topology.ts';

export type Metric = keyof typeof metrics;

/** What was measured together; what is not known is left out. */
export type Measured = { [Name in Metric]?: number | Histogram };

/** What the code asks of metrics: to be told once, at the end, what was measured. */
export type EmitMetrics = (measured: Measured) => void;

/**
 * Emits what was measured as one document in CloudWatch's embedded metric format: a line of JSON in the function's log,
 * which CloudWatch takes the metrics from.
 *
 * A histogram goes out with its values and their counts, as awslabs' own EMF library and the CloudWatch agent send it:
 * percentiles over many workers are right only if each counts by what it did, and an invocation has far more values than
 * the hundred that an array may hold. Powertools' Metrics knows numbers and arrays alone, writes to a console of its own,
 * and warns in plain text when there was nothing to publish.
 *
 * @param options.writeLine takes a line without its end.
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

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets what it knows of its argument
const metricNames = Object.keys(metrics) as Metric[];

function toMember(value: number | Histogram | undefined): unknown {
  if (typeof value !== 'object') return value;
  const { values, counts, min, max, sum, count } = value;
  return { Values: values, Counts: counts, Min: min, Max: max, Sum: sum, Count: count };
}
