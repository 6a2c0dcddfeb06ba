import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace, metrics } from '../../lib/topology.ts';

export const MINUTE = Duration.minutes(1);

/** Returns a metric that the functions of one deployment emit. */
export function belfryMetric(deployment: string, name: keyof typeof metrics, options: MetricOptions): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName: metrics[name].name,
    dimensionsMap: { service: deployment },
    period: MINUTE,
    ...options,
  });
}
