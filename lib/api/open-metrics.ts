import type { ServiceMetrics } from '../app/read-metrics.ts';
import { countOf, countUpTo } from '../domain/roll-up/buckets.ts';
import {
  addDistribution,
  countedStatuses,
  noValues,
  type CountedStatus,
  type Distribution,
} from '../domain/roll-up/outcome-counts.ts';
import { groupOfSeries, type GroupSeries } from '../domain/roll-up/series.ts';

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

type Sample = { suffix?: string; labels?: Record<string, string>; value: number };
type Family = {
  name: string;
  type: 'counter' | 'gauge' | 'histogram' | 'info';
  /** The last part of the name, if the values have a unit. */
  unit?: string;
  help: string;
  samples: readonly Sample[];
};

/** Requests take at most 90 s, so the last bound of a duration is 131 s; of a lateness it is 35 minutes. */
const DURATION_DOUBLINGS = 17;
const LATENESS_DOUBLINGS = 21;

const ends = countedStatuses.filter((status) => status !== 'RETRYING');

/** Writes metrics in the text format of OpenMetrics 1.0, which Prometheus reads. */
export function openMetricsText(metrics: ServiceMetrics, version: string): string {
  return `${families(metrics, version).map(familyText).join('')}# EOF\n`;
}

function families(metrics: ServiceMetrics, version: string): Family[] {
  const groups = [...new Set<GroupSeries>(['none', ...metrics.totals.map(({ series }) => series)])];
  const found = new Map(metrics.totals.map((total) => [`${total.status} ${total.series}`, total]));
  const of = (series: GroupSeries, status: CountedStatus) => found.get(`${status} ${series}`);
  const executions = (series: GroupSeries, status: CountedStatus): number =>
    of(series, status)?.executions ?? 0;
  const labelsOf = (series: GroupSeries) => ({ group: groupOfSeries(series) });
  const together = (
    series: GroupSeries,
    name: 'duration' | 'lateness',
    statuses: readonly CountedStatus[],
  ): Distribution => {
    const sum = noValues();
    for (const status of statuses) addDistribution(sum, of(series, status)?.[name] ?? noValues());
    return sum;
  };

  return [
    {
      name: 'belfry_build',
      type: 'info',
      help: 'The version of Belfry.',
      samples: [{ suffix: '_info', labels: { version }, value: 1 }],
    },
    {
      name: 'belfry_executions',
      type: 'counter',
      help: 'Executions that ended, by outcome and group of their jobs. SKIPPED counts missed occurrences.',
      samples: groups.flatMap((series) =>
        ends.map((status) => ({
          suffix: '_total',
          labels: { ...labelsOf(series), status },
          value: executions(series, status),
        })),
      ),
    },
    {
      name: 'belfry_retries',
      type: 'counter',
      help: 'Failed attempts that were retried, by group.',
      samples: groups.map((series) => ({
        suffix: '_total',
        labels: labelsOf(series),
        value: executions(series, 'RETRYING'),
      })),
    },
    {
      name: 'belfry_execution_duration_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'Duration of the last request of executions, by outcome and group.',
      samples: groups.flatMap((series) =>
        (['SUCCESS', 'FAILED'] as const).flatMap((status) =>
          histogram(
            together(series, 'duration', [status]),
            { ...labelsOf(series), status },
            DURATION_DOUBLINGS,
          ),
        ),
      ),
    },
    {
      name: 'belfry_lateness_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'Time from the due instant of an attempt until its request is sent, by group.',
      samples: groups.flatMap((series) =>
        histogram(
          together(series, 'lateness', ['SUCCESS', 'FAILED', 'RETRYING']),
          labelsOf(series),
          LATENESS_DOUBLINGS,
        ),
      ),
    },
    ...gauges(metrics),
  ];
}

function gauges({ queue, oldestDueAgeMs, schedulerLagMs, countedUntil }: ServiceMetrics): Family[] {
  const gauge = (name: string, help: string, samples: readonly Sample[], unit?: string): Family => ({
    name,
    type: 'gauge',
    help,
    samples,
    ...(unit !== undefined && { unit }),
  });
  const inState = (state: string, value: number): Sample => ({ labels: { state }, value });
  return [
    gauge('belfry_redis_up', 'Whether Redis responds: 1, or 0.', [{ value: queue === undefined ? 0 : 1 }]),
    gauge(
      'belfry_queue_executions',
      'Executions in the queue, by state. Missing while Redis does not respond.',
      queue === undefined
        ? []
        : [
            inState('ready', queue.ready),
            inState('scheduled', queue.scheduled),
            inState('retrying', queue.retrying),
            inState('processing', queue.processing),
          ],
    ),
    gauge(
      'belfry_oldest_due_age_seconds',
      'How long the oldest due execution or retry has waited; 0 if none is due.',
      [{ value: oldestDueAgeMs / 1_000 }],
      'seconds',
    ),
    gauge(
      'belfry_scheduler_lag_seconds',
      'How long the oldest due occurrence has not started, dispatched or not; 0 if none is due.',
      [{ value: schedulerLagMs / 1_000 }],
      'seconds',
    ),
    gauge(
      'belfry_counted_until_timestamp_seconds',
      'All outcomes that were recorded before this instant are counted. Missing before the first tick.',
      countedUntil === undefined ? [] : [{ value: countedUntil.getTime() / 1_000 }],
      'seconds',
    ),
  ];
}

function histogram(
  { counts, sumMs }: Distribution,
  labels: Record<string, string>,
  doublings: number,
): Sample[] {
  const bounds = Array.from({ length: doublings + 1 }, (_, doubling) => ({
    suffix: '_bucket',
    labels: { ...labels, le: String(2 ** doubling / 1_000) },
    value: countUpTo(counts, doubling),
  }));
  const count = countOf(counts);
  return [
    ...bounds,
    { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
    { suffix: '_count', labels, value: count },
    { suffix: '_sum', labels, value: sumMs / 1_000 },
  ];
}

function familyText({ name, type, unit, help, samples }: Family): string {
  const unitLine = unit === undefined ? '' : `# UNIT ${name} ${unit}\n`;
  const lines = samples.map(
    ({ suffix = '', labels = {}, value }) => `${name}${suffix}${labelText(labels)} ${value}\n`,
  );
  return `# TYPE ${name} ${type}\n${unitLine}# HELP ${name} ${help}\n${lines.join('')}`;
}

function labelText(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
