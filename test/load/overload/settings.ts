/** Two small workers and a slow target: their highest rate depends on the target, not on the machine. */
export const WORKERS = 2;
export const WINDOW = 16;
export const TARGET_MS = 100;
/** The highest rate of all windows together, if only the target took time. */
const MOST_TAKEN_PER_SECOND = (WORKERS * WINDOW * 1_000) / TARGET_MS;

/** Ten times that rate becomes due, evenly over `DUE_SECONDS`; the drain takes ten times as long. */
export const DUE_PER_SECOND = 10 * MOST_TAKEN_PER_SECOND;
const DUE_SECONDS = 4;
export const EXECUTIONS = DUE_PER_SECOND * DUE_SECONDS;

export const API_CALLS_PER_SECOND = 50;
export const API_ENVIRONMENTS = 4;

/**
 * Workers may send the executions that they hold in any order. Each holds a window of open requests, and as many executions
 * that it has taken and not sent.
 */
export const MAY_BE_OVERTAKEN = WORKERS * 2 * WINDOW;
/**
 * The report no longer counts a claimed execution as waiting, although its request is only leaving. On a busy machine time also
 * passes between the question and the answer.
 */
export const AGE_TOLERANCE_SECONDS = 1.5;
/** While executions are due, each second has a request. A longer pause means that workers were idle without a wake-up. */
export const LONGEST_PAUSE_MS = 1_000;
export const API_P99_MS = 100;
/** Twice the two cores that this test is designed for. */
export const MOST_LOAD = 4;
/** Three times the expected time of the drain. */
export const GIVE_UP_AFTER_MS = 3 * 10 * DUE_SECONDS * 1_000;
