import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Capacity } from '../capacity.ts';
import { belfryMetric, MINUTE } from './metrics.ts';
import type { ServiceFunction } from './service-function.ts';
import type { StoreMetrics } from './store-metrics.ts';
import type { Tick } from './tick.ts';
import type { WakeUps } from './wake-ups.ts';

export type Watched = {
  deployment: string;
  functions: Record<string, ServiceFunction>;
  wakeUps: WakeUps;
  tick: Tick;
  stores: StoreMetrics;
  gateway: RestApi;
  capacity: Capacity;
};

type AlarmSettings = {
  /** What is wrong when the alarm fires. */
  meaning: string;
  /** The page in docs/operate/runbook with the anchor of its heading. */
  page: string;
  metric: IMetric;
  above?: number;
  below?: number;
  /** The alarm fires if the metric breaches the threshold in `periods` of the last `of` periods. */
  for: { periods: number; of: number };
  whenMissing?: TreatMissingData;
};

/** With fewer executions in five minutes, the share of failures means little. */
const ENOUGH_EXECUTIONS = 20;

/** The alarms of a deployment: one for each problem that an operator must look at. Each names its page in the runbook. */
export class Alarms extends Construct {
  readonly #topic: ITopic | undefined;

  constructor(scope: Construct, id: string, watched: Watched & { topic?: ITopic; calculates: boolean }) {
    super(scope, id);
    this.#topic = watched.topic;
    this.#watchTicks(watched);
    this.#watchQueue(watched);
    this.#watchJobs(watched);
    if (watched.calculates) {
      this.#watchExecutions(watched);
      this.#watchWakeUps(watched);
    }
    this.#watchApi(watched);
    this.#watchFunctions(watched);
    this.#watchStores(watched);
  }

  #watchTicks({ deployment, tick, functions }: Watched): void {
    this.#add('DeadTicks', {
      meaning: 'Ticks were abandoned: they could not be delivered, or all of their attempts failed',
      page: 'ticks.md#ticks-are-given-up',
      metric: tick.deadLetters.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: 'max' }),
      above: 0,
      for: { periods: 1, of: 1 },
    });
    this.#add('TickIncomplete', {
      meaning: 'Ticks run out of time before they have dispatched all due schedules',
      page: 'ticks.md#ticks-run-out-of-time',
      metric: belfryMetric(deployment, 'tickIncomplete', { statistic: 'max' }),
      above: 0,
      for: { periods: 3, of: 3 },
    });
    this.#add('TickParts', {
      meaning:
        'Ticks complete, but a part fails: Redis, SQS, the creation of partitions, or the deletion of old history',
      page: 'ticks.md#a-part-of-the-tick-fails',
      metric: belfryMetric(deployment, 'tickFailedParts', { statistic: 'max' }),
      above: 0,
      for: { periods: 3, of: 5 },
    });
    if (!tick.hibernates) {
      this.#add('NoTick', {
        meaning: 'No tick has completed for 3 minutes: no new executions are dispatched',
        page: 'ticks.md#no-tick',
        metric: belfryMetric(deployment, 'tickDuration', { statistic: 'n' }),
        below: 1,
        for: { periods: 3, of: 3 },
        whenMissing: TreatMissingData.BREACHING,
      });
      return;
    }
    // During hibernation there are no ticks, so their absence is no problem.
    const { scheduler } = functions;
    if (scheduler === undefined) return;
    this.#add('TicksFail', {
      meaning: 'Each tick of the last 3 minutes failed: no new executions are dispatched',
      page: 'ticks.md#no-tick',
      metric: scheduler.lambda.metricErrors({ period: MINUTE, statistic: 'sum' }),
      above: 0,
      for: { periods: 3, of: 3 },
    });
  }

  #watchQueue({ deployment, wakeUps }: Watched): void {
    this.#add('DeadWakeUps', {
      meaning: 'Messages of the wake-up queue failed five times',
      page: 'executions.md#wake-ups-die',
      metric: wakeUps.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: MINUTE,
        statistic: 'max',
      }),
      above: 0,
      for: { periods: 1, of: 1 },
    });
    this.#add('OldestDue', {
      meaning: 'An execution has been due for more than a minute, and no worker has run it',
      page: 'executions.md#executions-are-late',
      metric: belfryMetric(deployment, 'oldestDueAge', { statistic: 'max' }),
      above: 60,
      for: { periods: 3, of: 3 },
    });
  }

  /** Watches for wake-up loops. Lambda's own loop detection is turned off, because workers wake workers on purpose. */
  #watchWakeUps({ deployment, functions, capacity }: Watched): void {
    const { worker } = functions;
    if (worker === undefined) return;
    const period = Duration.minutes(5);
    const sum = (name: 'executionsSucceeded' | 'executionsFailed' | 'retries') =>
      belfryMetric(deployment, name, { statistic: 'sum', period });
    this.#add('RunawayWorkers', {
      meaning: 'There are far more worker invocations than executions',
      page: 'executions.md#workers-wake-each-other-for-nothing',
      metric: new MathExpression({
        label: 'invocations without a matching execution',
        expression: 'invocations - FILL(succeeded, 0) - FILL(failed, 0) - FILL(retried, 0)',
        usingMetrics: {
          invocations: worker.lambda.metricInvocations({ statistic: 'sum', period }),
          succeeded: sum('executionsSucceeded'),
          failed: sum('executionsFailed'),
          retried: sum('retries'),
        },
        period,
      }),
      above: capacity.idleInvocations,
      for: { periods: 2, of: 2 },
    });
  }

  #watchExecutions({ deployment }: Watched): void {
    const period = Duration.minutes(5);
    this.#add('FailureShare', {
      meaning: 'More than a fifth of the executions end FAILED',
      page: 'executions.md#executions-fail',
      metric: new MathExpression({
        label: 'FAILED, percent of ended executions',
        expression: `IF(succeeded + failed >= ${ENOUGH_EXECUTIONS}, 100 * failed / (succeeded + failed), 0)`,
        usingMetrics: {
          succeeded: belfryMetric(deployment, 'executionsSucceeded', { statistic: 'sum', period }),
          failed: belfryMetric(deployment, 'executionsFailed', { statistic: 'sum', period }),
        },
        period,
      }),
      above: 20,
      for: { periods: 3, of: 3 },
    });
  }

  /** The share of failures does not show a single job, and means nothing with few executions. */
  #watchJobs({ deployment }: Watched): void {
    this.#add('JobsFailing', {
      meaning: 'At least one active job has failed three times in a row or more',
      page: 'executions.md#a-job-fails-again-and-again',
      metric: belfryMetric(deployment, 'jobsFailing', { statistic: 'max' }),
      above: 0,
      for: { periods: 3, of: 3 },
    });
  }

  #watchApi({ gateway }: Watched): void {
    this.#add('ApiFails', {
      meaning: 'The API answers with 5xx errors',
      page: 'functions.md#the-api-fails',
      metric: gateway.metricServerError({ period: MINUTE, statistic: 'sum' }),
      above: 0,
      for: { periods: 3, of: 5 },
    });
  }

  #watchFunctions({ functions }: Watched): void {
    for (const [name, { lambda }] of Object.entries(functions)) {
      const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
      this.#add(`${title}Errors`, {
        meaning: `Invocations of the ${name} function fail`,
        page: 'functions.md#a-function-fails',
        metric: lambda.metricErrors({ period: MINUTE, statistic: 'sum' }),
        above: 0,
        for: { periods: 3, of: 5 },
      });
      this.#add(`${title}Throttles`, {
        meaning: `The ${name} function has more concurrent invocations than it may have`,
        page: 'functions.md#a-function-is-throttled',
        metric: lambda.metricThrottles({ period: MINUTE, statistic: 'sum' }),
        above: 0,
        for: { periods: 3, of: 5 },
      });
    }
  }

  #watchStores({ stores, capacity }: Watched): void {
    const { databaseConnections, databaseFreeStorage, cacheMemory } = stores;
    const lasting = { periods: 5, of: 5 };
    if (databaseConnections !== undefined && capacity.connections !== undefined) {
      this.#add('DatabaseConnections', {
        meaning: 'The database has more connections than the functions need at full load, and few are left',
        page: 'stores.md#the-database-runs-out-of-connections',
        metric: databaseConnections,
        above: capacity.connections.alarmAbove,
        for: lasting,
      });
    }
    if (databaseFreeStorage !== undefined) {
      this.#add('DatabaseStorage', {
        meaning: 'The database has little storage left',
        page: 'stores.md#the-database-runs-out-of-storage',
        metric: databaseFreeStorage.metric,
        below: databaseFreeStorage.alarmBelow,
        for: lasting,
      });
    }
    if (cacheMemory !== undefined) {
      this.#add('CacheMemory', {
        meaning: 'The cache has little memory left; without memory, no execution can be queued or taken',
        page: 'stores.md#the-cache-runs-out-of-memory',
        metric: cacheMemory.metric,
        above: cacheMemory.alarmAbove,
        for: lasting,
      });
    }
  }

  #add(id: string, { meaning, page, metric, above, below, ...settings }: AlarmSettings): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${meaning}. What to do: docs/operate/runbook/${page}`,
      metric,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        above === undefined
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: settings.for.of,
      datapointsToAlarm: settings.for.periods,
      treatMissingData: settings.whenMissing ?? TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic === undefined) return;
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }
}
