/** What the loaded tables hold. */

/** One of so many jobs is paused by a person. */
export const PAUSED_EVERY = 500;
/** One of so many jobs fails always: the jobs whose id has the remainder 5. */
export const FAILS_EVERY = 80;
/** One of so many jobs was paused because it fails always. It is a multiple of `FAILS_EVERY`. */
export const PAUSED_BY_FAILURES_EVERY = 800;

/** One of so many jobs runs often. These jobs have the first ids, and three fifths of all executions. */
export const OFTEN_EVERY = 20;
/** This job runs each minute. */
export const MINUTELY_JOB = 1;

/** The default retention of the history. */
export const HISTORY_DAYS = 30;
