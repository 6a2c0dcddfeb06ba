import type { JobStats } from '../../../api/types.ts';
import type { ChartContent } from '../../../components/chart/series.ts';
import { skippedSentence } from '../../../components/skipped-words.ts';
import { countOf, formatCount } from '../../../time/format.ts';
import { formatDuration, formatSpan } from '../../../time/spans.ts';

export const spanWords: Record<JobStats['span'], string> = {
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
  '30d': 'the last 30 days',
};

const outcomes = [
  { name: 'succeeded', label: 'Succeeded', colour: '--good-mark' },
  { name: 'open', label: 'Not ended', colour: '--busy-mark' },
  { name: 'cancelled', label: 'Cancelled', colour: '--calm-mark' },
  { name: 'failed', label: 'Failed', colour: '--bad-mark' },
  // Many occurrences may be skipped at once.
  { name: 'skipped', label: 'Skipped', colour: '--warn-mark' },
] as const;

/** The executions of each step, by their outcome. */
export function outcomesContent(stats: JobStats): ChartContent {
  const decided = stats.succeeded + stats.failed;
  const shown = outcomes.filter(({ name }) => name === 'succeeded' || name === 'failed' || stats[name] > 0);
  const parts = shown.filter(({ name }) => name !== 'skipped' && stats[name] > 0);
  const ended = parts.reduce((sum, { name }) => sum + stats[name], 0);
  const words = parts.map(({ name, label }) => `${formatCount(stats[name])} ${label.toLowerCase()}`);
  const span = stats.isCapped ? 'the steps below' : spanWords[stats.span];
  const what =
    ended === 0
      ? `No execution in ${span}.`
      : `${countOf(ended, 'execution')} in ${span}: ${words.join(', ')}.`;
  const skipped = stats.skipped === 0 ? '' : ` ${skippedSentence(stats.skipped)}`;
  return {
    figure: decided === 0 ? '–' : `${Math.floor((stats.succeeded / decided) * 1_000) / 10} % succeeded`,
    sentence: `${what}${skipped} Each bar has ${formatSpan(stats.stepSeconds * 1_000)}.`,
    series: shown.map(({ name, label, colour }) => ({
      label,
      colour,
      ...(name === 'skipped' && { mayExceed: true }),
      values: stats.points.map((point) => point[name]),
    })),
  };
}

/** How long the last request of each execution took. */
export function durationContent({ durationMs, points }: JobStats): ChartContent {
  return {
    figure: durationMs === null ? '–' : `p99 ${formatDuration(durationMs.p99)}`,
    sentence:
      durationMs === null
        ? 'No request has ended.'
        : `Half of the requests took ${formatDuration(durationMs.p50)} at most, the longest ${formatDuration(durationMs.max)}.`,
    series: quantilesOf(points.map((point) => point.durationMs)),
  };
}

/** How late the first request of each execution left. */
export function latenessContent({ latenessMs, points }: JobStats): ChartContent {
  return {
    figure: latenessMs === null ? '–' : `p99 ${formatDuration(latenessMs.p99)}`,
    sentence:
      latenessMs === null
        ? 'No request was sent.'
        : `Half of the executions began within ${formatDuration(latenessMs.p50)} of their time, the latest after ${formatDuration(latenessMs.max)}.`,
    series: quantilesOf(points.map((point) => point.latenessMs)),
  };
}

const quantilesOf = (steps: readonly JobStats['durationMs'][]): ChartContent['series'] => [
  { label: 'p99', colour: '--warn-mark', values: steps.map((step) => step?.p99 ?? null) },
  { label: 'p50', colour: '--busy-mark', values: steps.map((step) => step?.p50 ?? null) },
];
