import { functions } from '../../../lib/topology.ts';
import { atMost, type Verdict } from '../support/verdict.ts';
import { judgeGrowth } from './judge-growth.ts';
import type { EnvironmentSample, Sample } from './sample.ts';
import type { Allowed } from './trend.ts';

const MB = 1_048_576;

/**
 * At a megabyte a minute an environment of 512 MB, of which a hundred are in use at the start, lasts for nearly seven
 * hours, longer than Lambda keeps one at work. What is alive after a collection scatters by less than half a megabyte.
 */
const LIVE: Allowed = { perMinute: MB, scatter: 3 * MB };
/** What V8 and malloc hold in reserve comes in steps of many megabytes: it takes a long run to tell them from growth. */
const RESIDENT: Allowed = { perMinute: 2 * MB, scatter: 48 * MB };

/** Whether the memory of each environment is flat, and within what its function has on AWS. */
export function judgeMemory(samples: readonly Sample[], { isLong }: { isLong: boolean }): Verdict[] {
  const names = [...new Set(samples.flatMap(({ environments }) => environments.map(({ name }) => name)))];
  return names.toSorted().flatMap((name) => {
    const pointsOf = (valueOf: (sample: EnvironmentSample) => number) =>
      samples.flatMap(({ atMinutes, environments }) => {
        const own = environments.find((environment) => environment.name === name);
        return own === undefined ? [] : [{ atMinutes, value: valueOf(own) }];
      });
    const resident = pointsOf(({ rssBytes }) => rssBytes);
    const largest = resident.reduce((most, { value }) => Math.max(most, value), 0);
    return [
      judgeGrowth(
        `${name}: alive on the heap`,
        pointsOf(({ liveBytes }) => liveBytes),
        LIVE,
        MEGABYTES,
      ),
      atMost(`${name}: resident, at most`, largest / MB, memoryMbOf(name), 'MB'),
      ...(isLong ? [judgeGrowth(`${name}: resident`, resident, RESIDENT, MEGABYTES)] : []),
    ];
  });
}

const MEGABYTES = { unit: 'MB', size: MB };

/** Of the function that an environment is named after. */
function memoryMbOf(name: string): number {
  const found = Object.entries(functions).find(([functionName]) => name.startsWith(`${functionName}-`));
  return found?.[1].memoryMb ?? 0;
}
