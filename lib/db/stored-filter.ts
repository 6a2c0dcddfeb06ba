import type { JobFilter } from '../domain/job-filter.ts';

/** The filter of an operation as JSON, which has no instants. */
type Stored = Omit<JobFilter, 'nextBefore'> & {
  nextBefore?: string | undefined;
  severalStates?: string | undefined;
  nextTimeBefore?: string | undefined;
  laterState?: string | undefined;
  laterNextBefore?: string | undefined;
};

/**
 * An earlier version knows a filter of one state, and would read several states as FINISHED. It passes over the schedule, the time
 * zone and the ids, and would act on the jobs with any. During a deployment and after a rollback it runs operations of this version. It cannot use
 * this instant: its batch fails before it changes a job, and the operation waits for this version.
 */
const NOT_AN_INSTANT = 'a filter of a later version';

const isOfOneState = ({ state }: JobFilter): boolean => state?.includes(',') !== true;
const isKnownBefore = (filter: JobFilter): boolean =>
  isOfOneState(filter) &&
  filter.schedule === undefined &&
  filter.timeZone === undefined &&
  filter.ids === undefined;

/** The previous version would find PAUSED in this state, and act on all paused jobs. It reads the instant under either name. */
const isOfLaterState = ({ state }: JobFilter): boolean => state?.includes('PAUSED_BY_FAILURES') === true;

export function storedFilter(filter: JobFilter): Stored {
  const { nextBefore, ...conditions } = filter;
  const instant = nextBefore?.toISOString();
  if (isOfLaterState(filter)) {
    const { state: laterState, ...others } = conditions;
    const instants = { nextBefore: NOT_AN_INSTANT, nextTimeBefore: NOT_AN_INSTANT };
    return { ...others, laterState, laterNextBefore: instant, ...instants };
  }
  if (isKnownBefore(filter)) return { ...conditions, nextBefore: instant };
  const { state, ...others } = conditions;
  const states = isOfOneState(filter) ? { state } : { severalStates: state };
  return { ...others, ...states, nextTimeBefore: instant, nextBefore: NOT_AN_INSTANT };
}

/** Returns the filter of a row. Its instants are strings, although their type is another. */
export function readFilter({
  severalStates,
  nextTimeBefore,
  laterState,
  laterNextBefore,
  nextBefore,
  ...conditions
}: JobFilter & Omit<Stored, 'nextBefore'>): JobFilter {
  const isOfLater = severalStates !== undefined || !isKnownBefore(conditions);
  const instant = laterState !== undefined ? laterNextBefore : isOfLater ? nextTimeBefore : nextBefore;
  const state = laterState ?? severalStates;
  return {
    ...conditions,
    ...(state !== undefined && { state }),
    ...(instant !== undefined && { nextBefore: new Date(instant) }),
  };
}
