/**
 * Whether the minute tick is on.
 *
 * - `awake`: it is on.
 * - `falling_asleep`: a tick may be about to turn it off.
 * - `asleep`: it is off, and a one-time schedule ticks at `sleepsUntil`.
 * - `resuming`: it is wanted on; whoever sees this turns it on.
 */
export const hibernationStates = ['awake', 'falling_asleep', 'asleep', 'resuming'] as const;

export type Hibernation = {
  state: (typeof hibernationStates)[number];
  /** When the one-time schedule ticks; may lie in the past, or be of a sleep that was cut short. */
  sleepsUntil: Date | null;
  /** From then on nobody is about to turn the minute tick off any more; null: nobody is. */
  settlesAt: Date | null;
};

/** What is to come: the earliest of the schedules, and whether an execution waits or runs. */
export type Outlook = { nextDueAt: Date | null; hasOpenExecutions: boolean };

/** Sleeps are worth it from here on. */
const QUIET_MS = 15 * 60_000;

/**
 * The one-time schedule comes this much before the tick is needed: EventBridge Scheduler is up to a minute late, a
 * paused database takes half a minute to start, and the invocation that found it paused may have to be made again.
 */
const RESUME_LEAD_MS = 60_000;

/** So long a tick sees to it that partitions are made ahead, and that a one-time schedule that was lost is noticed. */
const LONGEST_SLEEP_MS = 12 * 3_600_000;

/** Two clocks, that of EventBridge Scheduler and ours, may differ by this. */
const CLOCK_SKEW_MS = 5_000;

/** A one-time schedule that has not ticked for this long after its instant is lost. */
const OVERSLEPT_MS = 180_000;

/**
 * When the first tick has come after the minute tick was turned on: that takes up to a minute to show, the schedule's
 * rate counts a minute from there, and EventBridge Scheduler is up to a minute late.
 */
export const FIRST_TICK_WITHIN_MS = 180_000;

/** SQS delays a wake-up by no more. */
const LONGEST_LOOK_AHEAD_MS = 15 * 60_000;

/**
 * How far whoever turns the minute tick on dispatches: past its first tick, by a minute, and up to the job that the sleep
 * ended for.
 */
export function lookAheadWhenResuming(lookAheadMs: number): number {
  return Math.min(Math.max(leadOf(lookAheadMs), FIRST_TICK_WITHIN_MS + 60_000), LONGEST_LOOK_AHEAD_MS);
}

/** How long before its due instant a job needs a tick that is made by the one-time schedule. */
const leadOf = (lookAheadMs: number): number => lookAheadMs + RESUME_LEAD_MS;

/** Whether nothing needs a tick for 15 minutes (longer, where ticks look ahead far). */
export function isQuiet(
  { nextDueAt, hasOpenExecutions }: Outlook,
  nowMs: number,
  lookAheadMs: number,
): boolean {
  if (hasOpenExecutions) return false;
  const quietMs = Math.max(QUIET_MS, leadOf(lookAheadMs) + 300_000);
  return nextDueAt === null || nextDueAt.getTime() >= nowMs + quietMs;
}

/** When the next tick is needed, to the second, 12 hours from now at the latest. */
export function sleepUntil({ nextDueAt }: Outlook, nowMs: number, lookAheadMs: number): Date {
  const neededMs = nextDueAt === null ? Infinity : nextDueAt.getTime() - leadOf(lookAheadMs);
  return new Date(Math.floor(Math.min(neededMs, nowMs + LONGEST_SLEEP_MS) / 1_000) * 1_000);
}

/** Whether the one-time schedule ticks early enough for what is due at `dueMs`. */
export function ticksInTimeFor(
  dueMs: number,
  { sleepsUntil }: Hibernation,
  nowMs: number,
  lookAheadMs: number,
): boolean {
  if (sleepsUntil === null || nowMs > sleepsUntil.getTime() + OVERSLEPT_MS) return false;
  return dueMs - leadOf(lookAheadMs) >= sleepsUntil.getTime();
}

/** Whether the one-time schedule's instant has come. */
export function isSleptOut({ sleepsUntil }: Hibernation, nowMs: number): boolean {
  return sleepsUntil !== null && sleepsUntil.getTime() <= nowMs + CLOCK_SKEW_MS;
}

/** Whether nobody is about to turn the minute tick off. */
export function isSettled({ settlesAt }: Hibernation, nowMs: number): boolean {
  return settlesAt === null || settlesAt.getTime() <= nowMs;
}
