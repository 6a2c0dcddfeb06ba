import type { GroupStats } from '../../api/types.ts';
import type { ChartContent, ChartSeries } from '../../components/chart/series.ts';
import { shareWords } from '../../components/share-words.ts';
import { countOf, formatCount } from '../../time/format.ts';

/** One for each group that is read. */
export const groupColours = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5'] as const;
const OTHERS = 'Other jobs';

type Series = GroupStats['others'];

/** The share of failed executions over time, of the groups with the largest ones and of all other jobs. */
export function failuresContent({ groups, others }: GroupStats, words: string): ChartContent {
  const [worst] = groups;
  const decided = others.succeeded + others.failed;
  return {
    figure:
      worst === undefined
        ? decided === 0
          ? '–'
          : shareWords(others.failureShare ?? 0)
        : `${worst.group} ${shareWords(worst.failureShare ?? 0)}`,
    sentence:
      worst === undefined ? wordsWithoutGroups(others, words) : failedWords(worst, worst.group, words),
    series: [
      ...groups.map((series, place) => ({
        label: series.group,
        colour: groupColours[place] ?? '--calm-mark',
        ...sharesOf(series),
      })),
      ...(decided === 0 && worst !== undefined
        ? []
        : [{ label: OTHERS, colour: '--calm-mark', ...sharesOf(others) }]),
    ],
  };
}

function wordsWithoutGroups(others: Series, words: string): string {
  if (others.succeeded + others.failed === 0) return `No execution ended in ${words}.`;
  if (others.failed === 0) return `No execution failed in ${words}.`;
  return `No group has a failed execution. ${failedWords(others, 'other jobs', words)}`;
}

const failedWords = ({ succeeded, failed }: Series, name: string, words: string): string =>
  `${formatCount(failed)} of ${countOf(succeeded + failed, 'execution')} of ${name} failed in ${words}.`;

const sharesOf = ({ failureShare, points }: Series): Pick<ChartSeries, 'values' | 'total'> => ({
  ...(failureShare !== null && { total: failureShare }),
  values: points.map(({ succeeded, failed }) =>
    succeeded + failed === 0 ? null : failed / (succeeded + failed),
  ),
});
