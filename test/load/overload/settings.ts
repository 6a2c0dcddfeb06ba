/** Two small workers before a slow target: what they take at most follows from it, and does not lean on the machine. */
export const WORKERS = 2;
export const WINDOW = 16;
export const TARGET_MS = 100;
/** Requests a second that fit into all windows, if nothing else took time. */
const MOST_TAKEN_PER_SECOND = (WORKERS * WINDOW * 1_000) / TARGET_MS;

/** Ten times that becomes due, evenly over so many seconds; it takes ten times as long to drain. */
export const DUE_PER_SECOND = 10 * MOST_TAKEN_PER_SECOND;
const DUE_SECONDS = 4;
export const EXECUTIONS = DUE_PER_SECOND * DUE_SECONDS;

export const API_CALLS_PER_SECOND = 50;
export const API_ENVIRONMENTS = 4;

/**
 * What workers have in their hands may be sent in any order among them: of each worker a window of requests that are out,
 * and as many that it has taken and not sent.
 */
export const MAY_BE_OVERTAKEN = WORKERS * 2 * WINDOW;
/**
 * What a worker has claimed counts as waiting no more, though its request is just leaving; and between the asking and the
 * answer time passes, on a machine that is busy.
 */
export const AGE_TOLERANCE_SECONDS = 1.5;
/** While something is due no second passes without a request: else workers stood idle for lack of wake-ups. */
export const LONGEST_PAUSE_MS = 1_000;
export const API_P99_MS = 100;
/** Twice the cores that all of this is made for. */
export const MOST_LOAD = 4;
/** Three times what the drain should take. */
export const GIVE_UP_AFTER_MS = 3 * 10 * DUE_SECONDS * 1_000;
