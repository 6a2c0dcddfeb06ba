import { formatMinute } from '../../time/format.ts';
import type { Herd } from '../../time/herds.ts';

/** Herds at the same time of different days. */
export type HerdGroup = { clock: string; herds: readonly [Herd, ...Herd[]]; runs: number };

/** Herds by their time of the day, those with the most runs first. */
export function groupHerds(herds: readonly Herd[], zone: string): HerdGroup[] {
  const groups = new Map<string, [Herd, ...Herd[]]>();
  for (const herd of herds) {
    const clock = formatMinute(herd.atMs, zone);
    const known = groups.get(clock);
    if (known === undefined) groups.set(clock, [herd]);
    else known.push(herd);
  }
  return [...groups]
    .map(([clock, members]) => ({
      clock,
      herds: members,
      runs: Math.max(...members.map(({ runs }) => runs)),
    }))
    .toSorted((one, other) => other.runs - one.runs || one.clock.localeCompare(other.clock));
}
