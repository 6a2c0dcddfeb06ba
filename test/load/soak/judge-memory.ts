import { functions } from '../../../lib/topology.ts';
import { atMost, type Verdict } from '../support/verdict.ts';
import { judgeGrowth } from './judge-growth.ts';
import type { EnvironmentSample, Sample } from './sample.ts';
import type { Allowed } from './trend.ts';

const MB = 1_048_576;

/**
 * At a megabyte a minute an environment of 512 MB, of which a hundred are in use at the start, lasts for nearly seven
 * hours, longer than Lambda keeps one. The live heap after a collection scatters by less than half a megabyte.
 */
const LIVE: Allowed = { perMinute: MB, scatter: 3 * MB };
/** V8 and malloc grow their reserves in steps of many megabytes: only a long run can tell these steps from growth. */
const RESIDENT: Allowed = { perMinute: 2 * MB, scatter: 48 * MB };

/** Checks that the memory of each environment does not grow, and that it fits the function's memory on AWS. */
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
        `${name}: live heap`,
        pointsOf(({ liveBytes }) => liveBytes),
        LIVE,
        MEGABYTES,
      ),
      atMost(`${name}: highest resident memory`, largest / MB, memoryMbOf(name), 'MB'),
      ...(isLong ? [judgeGrowth(`${name}: resident memory`, resident, RESIDENT, MEGABYTES)] : []),
    ];
  });
}

const MEGABYTES = { unit: 'MB', size: MB };

/** Returns the memory of the function that the environment is named after. */
function memoryMbOf(name: string): number {
  const found = Object.entries(functions).find(([functionName]) => name.startsWith(`${functionName}-`));
  return found?.[1].memoryMb ?? 0;
}
