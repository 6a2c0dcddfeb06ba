import { percentile } from '../../support/stats.ts';
import { atLeast, atMost, exactly, type Verdict } from '../support/verdict.ts';
import type { ReportedAge } from './backlog.ts';
import { mostOvertaken, oldestWaitAt, type Arrival } from './due-order.ts';
import {
  AGE_TOLERANCE_SECONDS,
  API_P99_MS,
  DUE_PER_SECOND,
  EXECUTIONS,
  LONGEST_PAUSE_MS,
  MAY_BE_OVERTAKEN,
  MOST_LOAD,
} from './settings.ts';

export type Overloaded = {
  arrivals: Arrival[];
  /** Distinct executions that arrived. */
  executions: number;
  /** Ages in the answers of `GET /queue/stats`, one each second. */
  ages: ReportedAge[];
  /** Ages in the scheduler's metric. */
  metricAges: ReportedAge[];
  /** Latencies of API calls during the backlog, in milliseconds. */
  latencies: number[];
  load: number;
  /** Executions by their status in PostgreSQL. */
  statuses: Readonly<Record<string, number>>;
  wakeUpsLeft: number;
  deadLetters: number;
};

export function judge(run: Overloaded): Verdict[] {
  const { arrivals, ages, metricAges, statuses } = run;
  const early = arrivals.filter(({ dueMs, arrivedMs }) => arrivedMs < dueMs).length;
  return [
    atLeast(
      'executions due, as a multiple of executions taken',
      DUE_PER_SECOND / takenPerSecond(arrivals),
      10,
      'times',
    ),
    judgeLatency(run.latencies, run.load),
    exactly('executions with status SUCCESS', statuses['SUCCESS'] ?? 0, EXECUTIONS, ''),
    exactly(
      'executions with another status',
      sum(Object.values(statuses)) - (statuses['SUCCESS'] ?? 0),
      0,
      '',
    ),
    exactly('executions that reached the target', run.executions, EXECUTIONS, ''),
    exactly('requests that reached the target', arrivals.length, EXECUTIONS, ''),
    exactly('requests before their due instant', early, 0, ''),
    atMost(
      'most requests overtaken by one that was due later',
      mostOvertaken(arrivals.map(({ dueMs }) => dueMs)),
      MAY_BE_OVERTAKEN,
      '',
    ),
    atMost(
      'longest pause between requests while executions are due',
      longestPauseMs(arrivals),
      LONGEST_PAUSE_MS,
      'ms',
    ),
    atMost(
      `age of the oldest due: /queue/stats compared with the log (n = ${ages.length})`,
      worstError(ages, arrivals),
      AGE_TOLERANCE_SECONDS,
      's',
    ),
    atLeast("greatest value of the scheduler's metric OldestDueAge", greatest(metricAges), 1, 's'),
    atMost(
      `· compared with the log (n = ${metricAges.length})`,
      worstError(metricAges, arrivals),
      AGE_TOLERANCE_SECONDS,
      's',
    ),
    exactly('wake-ups left', run.wakeUpsLeft, 0, ''),
    exactly('wake-ups in the dead-letter queue', run.deadLetters, 0, ''),
  ];
}

export function takenPerSecond(arrivals: readonly Arrival[]): number {
  const times = arrivals.map(({ arrivedMs }) => arrivedMs);
  return (arrivals.length * 1_000) / ((times.at(-1) ?? Number.NaN) - (times[0] ?? Number.NaN));
}

function longestPauseMs(arrivals: readonly Arrival[]): number {
  let longest = 0;
  arrivals.forEach(({ arrivedMs }, index) => {
    longest = Math.max(longest, arrivedMs - (arrivals[index - 1]?.arrivedMs ?? arrivedMs));
  });
  return longest;
}

export const greatest = (ages: readonly ReportedAge[]): number =>
  ages.reduce((most, { seconds }) => Math.max(most, seconds), 0);

function worstError(ages: readonly ReportedAge[], arrivals: readonly Arrival[]): number {
  const errors = ages.map(
    ({ atMs, seconds, withinMs }) => Math.abs(seconds - oldestWaitAt(arrivals, atMs)) - withinMs / 1_000,
  );
  return errors.length === 0 ? Infinity : errors.reduce((a, b) => Math.max(a, b), 0);
}

/**
 * Judges the API's p99. This test alone makes a load of one or two. Above `MOST_LOAD` other programs use the cores, so the
 * latency is reported and not judged.
 *
 * @param load the machine's load average over the last minute of the drain.
 */
export function judgeLatency(latencies: readonly number[], load: number): Verdict {
  const sorted = [...latencies].sort((a, b) => a - b);
  const p99 = percentile(sorted, 99);
  const what = `API, p99 (p50 ${percentile(sorted, 50).toFixed(1)} ms, n = ${sorted.length}; load ${load.toFixed(1)})`;
  const verdict = atMost(what, p99, API_P99_MS, 'ms');
  if (load <= MOST_LOAD) return verdict;
  return { ...verdict, allowed: `not judged above a load of ${MOST_LOAD}`, isKept: true };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
