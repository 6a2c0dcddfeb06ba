import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  PeriodOverride,
  Row,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Watched } from './alarms.ts';
import { belfryMetric, MINUTE } from './metrics.ts';

const WIDTH = 24;
const HEIGHT = 6;

/**
 * The dashboard of a deployment. It starts with the number and lateness of waiting executions. Then it shows their outcomes,
 * the functions, the database and the cache, and the API.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: watched.deployment,
      periodOverride: PeriodOverride.INHERIT,
    });
    for (const row of rowsOf(watched)) dashboard.addWidgets(row);
  }
}

type Widgets = (IWidget | undefined)[];

function rowsOf(watched: Watched): Row[] {
  return [nowRow, queueRow, executionRow, workerRow, storeRow, apiRow]
    .map((row) => row(watched).filter((widget) => widget !== undefined))
    .filter((widgets) => widgets.length > 0)
    .map((widgets) => new Row(...widgets));
}

function nowRow({ deployment }: Watched): Widgets {
  const value = (title: string, metric: IMetric) =>
    new SingleValueWidget({ title, metrics: [metric], width: WIDTH / 4, height: 3, sparkline: true });
  return [
    value('Ready and not yet taken', belfryMetric(deployment, 'queueReady', { statistic: 'max' })),
    value('Oldest due (s)', belfryMetric(deployment, 'oldestDueAge', { statistic: 'max' })),
    value('Late, p99 (ms)', belfryMetric(deployment, 'lateness', { statistic: 'p99' })),
    value('Failed a minute', belfryMetric(deployment, 'executionsFailed', { statistic: 'sum' })),
  ];
}

function queueRow({ deployment, wakeUps }: Watched): Widgets {
  const part = (name: 'queueReady' | 'queueScheduled' | 'queueRetry' | 'queueProcessing', label: string) =>
    belfryMetric(deployment, name, { statistic: 'max', label });
  return [
    graph(3, 'Queue depth: Redis', [
      part('queueReady', 'ready'),
      part('queueScheduled', 'scheduled'),
      part('queueRetry', 'retrying'),
      part('queueProcessing', 'processing'),
    ]),
    graph(3, 'Queue depth: wake-ups in SQS', [
      wakeUps.queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, label: 'waiting' }),
      wakeUps.queue.metricApproximateNumberOfMessagesDelayed({ period: MINUTE, label: 'delayed' }),
      wakeUps.queue.metricApproximateNumberOfMessagesNotVisible({ period: MINUTE, label: 'with workers' }),
      wakeUps.deadLetters.metricApproximateNumberOfMessagesVisible({ period: MINUTE, label: 'dead' }),
    ]),
    graph(3, 'Lateness: sent minus due (ms)', [
      belfryMetric(deployment, 'lateness', { statistic: 'p50', label: 'p50' }),
      belfryMetric(deployment, 'lateness', { statistic: 'p99', label: 'p99' }),
    ]),
  ];
}

function executionRow({ deployment }: Watched): Widgets {
  const sum = (name: Parameters<typeof belfryMetric>[1], label: string) =>
    belfryMetric(deployment, name, { statistic: 'sum', label });
  return [
    graph(3, 'Executions a minute', [
      sum('executionsSucceeded', 'SUCCESS'),
      sum('executionsFailed', 'FAILED'),
      sum('retries', 'retried'),
      belfryMetric(deployment, 'jobsFailing', { statistic: 'max', label: 'jobs that fail repeatedly' }),
    ]),
    graph(3, 'Repairs', [
      sum('claimsFreed', 'claims freed'),
      sum('claimsLost', 'claims lost'),
      sum('executionsReclaimed', 'taken back from dead workers'),
      sum('executionsRequeued', 'queued again'),
    ]),
    graph(
      3,
      'Ticks',
      [
        belfryMetric(deployment, 'tickDuration', { statistic: 'max', label: 'duration (ms)' }),
        sum('tickIncomplete', 'out of time'),
        sum('tickFailedParts', 'parts that failed'),
      ],
      [sum('tickSchedules', 'schedules due'), sum('tickExecutions', 'executions dispatched')],
    ),
  ];
}

function workerRow({ functions }: Watched): Widgets {
  const all = Object.entries(functions);
  const { worker } = functions;
  const concurrency = all.map(([label, { lambda }]) =>
    lambda.metric('ConcurrentExecutions', { statistic: 'max', period: MINUTE, label }),
  );
  const limit = worker === undefined ? [] : [constant(worker.settings.maxConcurrency, 'limit of workers')];
  return [
    graph(3, 'Environments at work', [...concurrency, ...limit]),
    graph(3, 'Failed and throttled invocations', [
      ...all.map(([name, { lambda }]) => lambda.metricErrors({ period: MINUTE, label: `${name} failed` })),
      ...all.map(([name, { lambda }]) =>
        lambda.metricThrottles({ period: MINUTE, label: `${name} throttled` }),
      ),
    ]),
    graph(
      3,
      'Duration of invocations, p99 (ms)',
      all.map(([label, { lambda }]) => lambda.metricDuration({ statistic: 'p99', period: MINUTE, label })),
    ),
  ];
}

function apiRow({ gateway }: Watched): Widgets {
  return [
    graph(3, 'API: calls a minute', [
      gateway.metricCount({ period: MINUTE, statistic: 'sum', label: 'calls' }),
    ]),
    graph(3, 'API: refused and failed', [
      gateway.metricClientError({ period: MINUTE, statistic: 'sum', label: '4xx' }),
      gateway.metricServerError({ period: MINUTE, statistic: 'sum', label: '5xx' }),
    ]),
    graph(3, 'API: time to answer (ms)', [
      gateway.metricLatency({ period: MINUTE, statistic: 'p50', label: 'p50' }),
      gateway.metricLatency({ period: MINUTE, statistic: 'p99', label: 'p99' }),
    ]),
  ];
}

function storeRow({ stores }: Watched): Widgets {
  const { databaseLoad, databaseConnections, databaseFreeStorage, cacheLoad, cacheMemory } = stores;
  const present = (...metrics: (IMetric | undefined)[]) => metrics.filter((metric) => metric !== undefined);
  return [
    graph(3, 'Database', present(databaseLoad), present(databaseConnections)),
    graph(3, 'Database: free storage', present(databaseFreeStorage?.metric)),
    graph(3, 'Cache', present(cacheLoad), present(cacheMemory?.metric)),
  ];
}

/** Returns a graph; undefined without metrics, because CloudWatch refuses a dashboard with an empty graph, and so the stack. */
function graph(
  share: number,
  title: string,
  left: IMetric[],
  right: IMetric[] = [],
): GraphWidget | undefined {
  if (left.length + right.length === 0) return undefined;
  return new GraphWidget({
    title,
    left,
    right,
    width: WIDTH / share,
    height: HEIGHT,
    leftYAxis: { min: 0 },
    rightYAxis: { min: 0 },
  });
}

const constant = (value: number, label: string): MathExpression =>
  new MathExpression({ expression: `TIME_SERIES(${value})`, label, period: MINUTE, usingMetrics: {} });
