import {
  addOutcomes,
  addValues,
  noOutcomes,
  type CountedStatus,
  type OutcomeCounts,
} from './outcome-counts.ts';
import { periodsSeconds, startOfPeriod, type PeriodSeconds } from './periods.ts';
import type { GroupSeries, Series } from './series.ts';

/** Outcomes of one minute, group and status that one statement recorded. */
export type OutcomeBatch = {
  minuteMs: number;
  group: string | null;
  status: CountedStatus;
  executions: number;
  /** One value for each execution whose request was sent. */
  durationsMs: readonly number[];
  latenessesMs: readonly number[];
};

export type PeriodCounts = OutcomeCounts & {
  series: Series;
  periodSeconds: PeriodSeconds;
  startsAtMs: number;
  status: CountedStatus;
};

export type TotalCounts = OutcomeCounts & {
  series: GroupSeries;
  status: CountedStatus;
  lastMinuteMs: number;
};

export type Folded = { periods: PeriodCounts[]; totals: TotalCounts[] };

/**
 * Adds batches up to counts of each period, for all jobs and for each series, and to counts since the beginning. Both lists are
 * in the order of their keys, so that folds at the same time lock rows in the same order.
 */
export function foldBatches(
  batches: readonly OutcomeBatch[],
  admitGroup: (group: string | null) => GroupSeries,
): Folded {
  const periods = new Map<string, PeriodCounts>();
  const totals = new Map<string, TotalCounts>();
  for (const { minuteMs, series, status, ...counts } of minutesOf(batches, admitGroup)) {
    const total = entry(totals, `${status} ${series}`, () => ({
      ...noOutcomes(),
      series,
      status,
      lastMinuteMs: minuteMs,
    }));
    addOutcomes(total, counts);
    total.lastMinuteMs = Math.max(total.lastMinuteMs, minuteMs);
    for (const counted of [series, 'all'] as const) {
      for (const periodSeconds of periodsSeconds) {
        const startsAtMs = startOfPeriod(minuteMs, periodSeconds);
        const key = `${periodSeconds} ${startsAtMs} ${status} ${counted}`;
        const period = entry(periods, key, () => ({
          ...noOutcomes(),
          series: counted,
          periodSeconds,
          startsAtMs,
          status,
        }));
        addOutcomes(period, counts);
      }
    }
  }
  return { periods: inOrder(periods), totals: inOrder(totals) };
}

type MinuteCounts = OutcomeCounts & {
  minuteMs: number;
  series: GroupSeries;
  status: CountedStatus;
};

/** Counts each value once. The histograms of the minutes are then added, which is less work than each value eight times. */
function minutesOf(
  batches: readonly OutcomeBatch[],
  admitGroup: (group: string | null) => GroupSeries,
): Iterable<MinuteCounts> {
  const minutes = new Map<string, MinuteCounts>();
  for (const { minuteMs, group, status, executions, durationsMs, latenessesMs } of batches) {
    const series = admitGroup(group);
    const minute = entry(minutes, `${minuteMs} ${status} ${series}`, () => ({
      ...noOutcomes(),
      minuteMs,
      series,
      status,
    }));
    minute.executions += executions;
    addValues(minute.duration, durationsMs);
    addValues(minute.lateness, latenessesMs);
  }
  return minutes.values();
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

const inOrder = <Value>(map: Map<string, Value>): Value[] =>
  [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
