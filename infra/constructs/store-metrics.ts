import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** What is watched of the database and the cache; what one does not have is left out. */
export type StoreMetrics = {
  databaseLoad?: IMetric;
  databaseConnections?: IMetric;
  /** In bytes. */
  databaseFreeStorage?: { metric: IMetric; alarmBelow: number };
  cacheLoad?: IMetric;
  cacheMemory?: { metric: IMetric; alarmAbove: number };
};
