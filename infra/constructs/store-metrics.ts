import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** The metrics of the database and the cache that are watched. A metric that a store does not have is omitted. */
export type StoreMetrics = {
  databaseLoad?: IMetric;
  databaseConnections?: IMetric;
  /** In bytes. */
  databaseFreeStorage?: { metric: IMetric; alarmBelow: number };
  cacheLoad?: IMetric;
  cacheMemory?: { metric: IMetric; alarmAbove: number };
};
