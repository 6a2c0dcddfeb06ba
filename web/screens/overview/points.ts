import type { Stats } from '../../api/types.ts';
import type { ChartContent } from '../../components/chart/series.ts';
import { skippedSentence } from '../../components/skipped-words.ts';
import { countOf, formatCount } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';
import { MINUTE_MS } from '../../time/units.ts';

/** The minutes of a step whose outcomes are counted already. */
export function countedMinutes(
  at: string,
  { stepSeconds, countedUntil }: Pick<Stats, 'stepSeconds' | 'countedUntil'>,
): number {
  if (countedUntil === null) return 0;
  const startMs = Date.parse(at);
  const endMs = Math.min(startMs + stepSeconds * 1_000, Date.parse(countedUntil));
  return Math.max(0, endMs - startMs) / MINUTE_MS;
}

const outcomes = [
  { name: 'succeeded', label: 'Succeeded', colour: '--good-mark' },
  { name: 'cancelled', label: 'Cancelled', colour: '--calm-mark' },
  { name: 'failed', label: 'Failed', colour: '--bad-mark' },
  // Many occurrences may be skipped at once.
  { name: 'skipped', label: 'Skipped', colour: '--warn-mark' },
] as const;

/** Executions a minute, by their outcome. */
export function outcomesContent(stats: Stats, words: string): ChartContent {
  const { executions } = stats.total;
  const present = outcomes.filter(({ name }) => name !== 'skipped' && executions[name] > 0);
  const all = present.reduce((sum, { name }) => sum + executions[name], 0);
  const decided = executions.succeeded + executions.failed;
  const skipped = executions.skipped === 0 ? '' : ` ${skippedSentence(executions.skipped)}`;
  const parts = present.map(({ name }) => `${formatCount(executions[name])} ${name}`).join(', ');
  return {
    figure: decided === 0 ? '–' : `${shareOf(executions.succeeded, decided)} succeeded`,
    sentence:
      all === 0
        ? `No execution ended in ${words}.${skipped}`
        : `${countOf(all, 'execution')} ended in ${words}: ${parts}.${skipped}`,
    series: outcomes
      .filter(({ name }) => name === 'succeeded' || name === 'failed' || executions[name] > 0)
      .map(({ name, label, colour }) => ({
        label,
        colour,
        ...(name === 'skipped' && { mayExceed: true }),
        values: stats.points.map(({ at, executions: counts }) => {
          const minutes = countedMinutes(at, stats);
          return minutes < 1 ? null : counts[name] / minutes;
        }),
      })),
  };
}

/** A share below 100 % never shows as 100 %. */
const shareOf = (part: number, whole: number): string => `${Math.floor((part / whole) * 1_000) / 10} %`;

/** The executions in the queue: the most of each step. */
export function queueContent(stats: Stats, words: string): ChartContent {
  const of = (name: 'ready' | 'scheduled' | 'retrying') =>
    stats.points.map(({ queue }) => queue?.[name] ?? null);
  const most = Math.max(0, ...of('ready').map((ready) => ready ?? 0));
  const oldest = Math.max(0, ...stats.points.map(({ queue }) => queue?.oldestDueAgeSeconds ?? 0));
  const age = oldest < 1 ? 'less than a second' : formatDuration(oldest * 1_000);
  return {
    figure: `${formatCount(most)} ready at most`,
    sentence: stats.points.every(({ queue }) => queue === null)
      ? `The queue was not measured in ${words}.`
      : `A due execution waited ${age} at most in ${words}.`,
    series: [
      { label: 'Ready', colour: '--warn-mark', values: of('ready') },
      { label: 'Scheduled', colour: '--busy-mark', values: of('scheduled') },
      { label: 'Retrying', colour: '--bad-mark', values: of('retrying') },
    ],
  };
}

/** How late requests left. */
export function latenessContent(stats: Stats, words: string): ChartContent {
  const { latenessMs } = stats.total;
  const of = (name: 'p50' | 'p99' | 'max') => stats.points.map((point) => point.latenessMs?.[name] ?? null);
  return {
    figure: latenessMs === null ? '–' : `p99 ${formatDuration(latenessMs.p99)}`,
    sentence:
      latenessMs === null
        ? `No request was sent in ${words}.`
        : `Half of ${countOf(latenessMs.count, 'request')} left within ${formatDuration(latenessMs.p50)}, the latest after ${formatDuration(latenessMs.max)}.`,
    series: [
      { label: 'Max', colour: '--calm-mark', values: of('max') },
      { label: 'p99', colour: '--warn-mark', values: of('p99') },
      { label: 'p50', colour: '--busy-mark', values: of('p50') },
    ],
  };
}

/** A rate, with a decimal where it is small. */
export function formatRate(rate: number): string {
  if (rate >= 10 || rate === 0) return formatCount(Math.round(rate));
  return String(Number(rate.toFixed(rate < 0.1 ? 2 : 1)));
}
