import type { JobFilter } from '../domain/job-filter.ts';

/** The filter of an operation as JSON, which has no instants. */
type Stored = Omit<JobFilter, 'nextBefore'> & {
  nextBefore?: string | undefined;
  severalStates?: string | undefined;
  nextTimeBefore?: string | undefined;
};

/**
 * An earlier version knows a filter of one state, and would read several states as FINISHED. During a deployment and after a rollback
 * it runs operations of this version. It cannot use this instant: its batch fails before it changes a job, and the operation waits
 * for this version.
 */
const NOT_AN_INSTANT = 'a filter of several states';

export function storedFilter({ nextBefore, ...conditions }: JobFilter): Stored {
  const instant = nextBefore?.toISOString();
  const { state, ...others } = conditions;
  if (state?.includes(',') !== true) return { ...conditions, nextBefore: instant };
  return { ...others, severalStates: state, nextTimeBefore: instant, nextBefore: NOT_AN_INSTANT };
}

/** Returns the filter of a row. Its instants are strings, whatever their type says. */
export function readFilter({
  severalStates,
  nextTimeBefore,
  nextBefore,
  ...conditions
}: JobFilter & Pick<Stored, 'severalStates' | 'nextTimeBefore'>): JobFilter {
  const instant = severalStates === undefined ? nextBefore : nextTimeBefore;
  return {
    ...conditions,
    ...(severalStates !== undefined && { state: severalStates }),
    ...(instant !== undefined && { nextBefore: new Date(instant) }),
  };
}
