/**
 * The delays of an execution, apart from its schedule. It travels with the execution's payload, and is written with the next
 * outcome, so that recording it takes no round trip.
 */
export type Delays = {
  /** How often, and for how long in total, workers put the execution off because its host had no room. */
  snoozes?: number | undefined;
  snoozedMs?: number | undefined;
  /** The same, because its origin had asked for a pause. */
  pauses?: number | undefined;
  pausedMs?: number | undefined;
  /** When a tick queued it, because the queue did not have it. */
  requeuedAtMs?: number | undefined;
};

/** Adds one snooze for a pause that the origin asked for. */
export const addPause = (delays: Delays | undefined, forMs: number): Delays => ({
  ...delays,
  pauses: (delays?.pauses ?? 0) + 1,
  pausedMs: (delays?.pausedMs ?? 0) + forMs,
});

/** Adds one snooze for the lack of room. */
export const addSnooze = (delays: Delays | undefined, forMs: number): Delays => ({
  ...delays,
  snoozes: (delays?.snoozes ?? 0) + 1,
  snoozedMs: (delays?.snoozedMs ?? 0) + forMs,
});
