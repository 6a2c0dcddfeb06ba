/** The content of the loaded tables. */

/** One in this number of jobs is paused by a person. */
export const PAUSED_EVERY = 500;
/** One in this number of jobs always fails: the jobs whose id has the remainder 5. */
export const FAILS_EVERY = 80;
/** One in this number of jobs was paused because it always fails. It is a multiple of `FAILS_EVERY`. */
export const PAUSED_BY_FAILURES_EVERY = 800;

/** One in this number of jobs runs often. These jobs have the first ids, and three fifths of all executions. */
export const OFTEN_EVERY = 20;
/** This job runs each minute. */
export const MINUTELY_JOB = 1;

/** The default retention of the history. */
export const HISTORY_DAYS = 30;
