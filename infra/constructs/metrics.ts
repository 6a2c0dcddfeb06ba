import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace, metrics } from '../../lib/topology.ts';

export const MINUTE = Duration.minutes(1);

/** One of the metrics that the functions emit, of one deployment. */
export function belfryMetric(deployment: string, name: keyof typeof metrics, options: MetricOptions): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName: metrics[name].name,
    dimensionsMap: { service: deployment },
    period: MINUTE,
    ...options,
  });
}
