/**
 * ACTIVE jobs have a future occurrence. PAUSED jobs have `isActive` false. PAUSED_BY_FAILURES jobs are paused ones that Belfry
 * itself paused, because they failed too often in a row. FINISHED jobs are active, and have no future occurrence.
 */
export const jobStates = ['ACTIVE', 'PAUSED', 'PAUSED_BY_FAILURES', 'FINISHED'] as const;

export const jobOutcomes = ['SUCCESS', 'FAILED'] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

/** The most ids of a filter: a page of the largest list. */
export const MAX_FILTER_IDS = 100;

/** Selects jobs that are not deleted. All conditions must hold. */
export type JobFilter = {
  /** 1 to 100 ids. Only operations have them. */
  ids?: readonly number[] | undefined;
  /** A part of the name, the description, the key or the URL, in any case. It has at least 3 characters. */
  text?: string | undefined;
  /** The beginning of the key. */
  keyPrefix?: string | undefined;
  tag?: string | undefined;
  group?: string | undefined;
  owner?: string | undefined;
  /** The host of the URL, without a port, in lower case. */
  host?: string | undefined;
  /** The schedule, exactly as the job has it. */
  schedule?: string | undefined;
  /** The time zone, exactly as the job has it. */
  timeZone?: string | undefined;
  /** One or more of `jobStates`, separated by commas, as requests and stored operations have them. */
  state?: string | undefined;
  /** Only jobs whose next execution time is before this instant. */
  nextBefore?: Date | undefined;
  /** The status of the last execution, by execution time, that ended SUCCESS or FAILED. */
  lastOutcome?: JobOutcome | undefined;
};

/** Trigrams need three characters. */
export const MIN_TEXT_LENGTH = 3;

export const isEmpty = (filter: JobFilter): boolean =>
  Object.values(filter).every((condition) => condition === undefined);
