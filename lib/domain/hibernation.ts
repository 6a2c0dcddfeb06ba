/**
 * The states of the minute tick.
 *
 * - `awake`: it is on.
 * - `falling_asleep`: a tick may be about to turn it off.
 * - `asleep`: it is off, and a one-time schedule ticks at `sleepsUntil`.
 * - `resuming`: it must be turned on. Every process that reads this state turns it on.
 */
export const hibernationStates = ['awake', 'falling_asleep', 'asleep', 'resuming'] as const;

export type Hibernation = {
  state: (typeof hibernationStates)[number];
  /** The time of the one-time tick. It may be in the past, or belong to a sleep that ended early. */
  sleepsUntil: Date | null;
  /** After this time no tick is still turning the minute tick off. Null if no tick is doing so. */
  settlesAt: Date | null;
};

/** The earliest time at which a schedule is due, and whether an execution or an operation waits or runs. */
export type Outlook = { nextDueAt: Date | null; hasOpenWork: boolean };

/** The shortest time without due jobs that is worth a sleep. */
const QUIET_MS = 15 * 60_000;

/**
 * The one-time tick comes this long before it is needed. EventBridge Scheduler is up to a minute late, a paused
 * database takes half a minute to start, and the invocation that finds it paused may have to be repeated.
 */
const RESUME_LEAD_MS = 60_000;

/** The longest sleep. After it, a tick creates partitions ahead, and a lost one-time schedule is noticed. */
const LONGEST_SLEEP_MS = 12 * 3_600_000;

/** The maximum difference between the clocks of EventBridge Scheduler and Belfry. */
const CLOCK_SKEW_MS = 5_000;

/** A one-time schedule that has not caused a tick for this long after its instant is lost. */
const OVERSLEPT_MS = 180_000;

/**
 * The first tick runs within this time after the minute tick was turned on. The change takes up to a minute to become
 * effective, the rate of the schedule counts a minute from then on, and EventBridge Scheduler is up to a minute late.
 */
export const FIRST_TICK_WITHIN_MS = 180_000;

/** SQS cannot delay a wake-up by more than this. */
const LONGEST_LOOK_AHEAD_MS = 15 * 60_000;

/**
 * Returns the look-ahead of a process that turns the minute tick on. It extends one minute past the first tick, and
 * includes the job for which the sleep ended.
 */
export function lookAheadWhenResuming(lookAheadMs: number): number {
  return Math.min(Math.max(leadOf(lookAheadMs), FIRST_TICK_WITHIN_MS + 60_000), LONGEST_LOOK_AHEAD_MS);
}

/** Returns how long before its due time a job needs a one-time tick. */
const leadOf = (lookAheadMs: number): number => lookAheadMs + RESUME_LEAD_MS;

/** Tells whether no tick is needed for 15 minutes. The time is longer if the look-ahead of ticks is long. */
export function isQuiet({ nextDueAt, hasOpenWork }: Outlook, nowMs: number, lookAheadMs: number): boolean {
  if (hasOpenWork) return false;
  const quietMs = Math.max(QUIET_MS, leadOf(lookAheadMs) + 300_000);
  return nextDueAt === null || nextDueAt.getTime() >= nowMs + quietMs;
}

/** Returns when the next tick is needed, in full seconds and within 12 hours. */
export function sleepUntil({ nextDueAt }: Outlook, nowMs: number, lookAheadMs: number): Date {
  const neededMs = nextDueAt === null ? Infinity : nextDueAt.getTime() - leadOf(lookAheadMs);
  return new Date(Math.floor(Math.min(neededMs, nowMs + LONGEST_SLEEP_MS) / 1_000) * 1_000);
}

/** Tells whether the one-time tick is early enough for a job that is due at `dueMs`. */
export function ticksInTimeFor(
  dueMs: number,
  { sleepsUntil }: Hibernation,
  nowMs: number,
  lookAheadMs: number,
): boolean {
  if (sleepsUntil === null || nowMs > sleepsUntil.getTime() + OVERSLEPT_MS) return false;
  return dueMs - leadOf(lookAheadMs) >= sleepsUntil.getTime();
}

/** Tells whether the instant of the one-time tick has come. */
export function isSleptOut({ sleepsUntil }: Hibernation, nowMs: number): boolean {
  return sleepsUntil !== null && sleepsUntil.getTime() <= nowMs + CLOCK_SKEW_MS;
}

/** Tells whether no tick is still turning the minute tick off. */
export function isSettled({ settlesAt }: Hibernation, nowMs: number): boolean {
  return settlesAt === null || settlesAt.getTime() <= nowMs;
}
