import type { Clock } from '../../domain/clock.ts';
import { UnavailableError } from '../../domain/errors.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { Activity } from './activity.ts';
import type { Notifier } from './notifier.ts';

/** A run ends when PostgreSQL or Redis has not answered for this long: another environment may reach it. */
const GIVE_UP_AFTER_MS = 20_000;
/** An activity without an answer is tried again after this pause, which doubles each time, up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Runs activities concurrently until the run is done. Starts each one when it has something to do, then waits for the next
 * instant or notification.
 *
 * An activity that fails because PostgreSQL or Redis did not answer is tried again later, and delays no other. Any other
 * failure goes to `onFailure`, which must make the run end.
 */
export async function runActivities(
  activities: readonly Activity[],
  run: {
    clock: Clock;
    logger: Logger;
    notifier: Notifier;
    /** Whether nothing is left to do. Asked only while no activity is running. */
    isDone: () => boolean;
    onFailure: (error: unknown) => void;
  },
): Promise<void> {
  const { clock, notifier } = run;
  const underWay = new Set<Activity>();
  const pauses = new Map<Activity, { sinceMs: number; fromMs: number; pauseMs: number }>();

  const fromMs = (activity: Activity): number =>
    underWay.has(activity) ? Infinity : Math.max(activity.fromMs(), pauses.get(activity)?.fromMs ?? 0);

  const putOff = (activity: Activity, error: unknown): void => {
    const nowMs = clock.nowMs();
    const before = pauses.get(activity);
    const sinceMs = before?.sinceMs ?? nowMs;
    const pauseMs = Math.min(before === undefined ? FIRST_PAUSE_MS : before.pauseMs * 2, LONGEST_PAUSE_MS);
    pauses.set(activity, { sinceMs, fromMs: nowMs + pauseMs, pauseMs });
    if (!(error instanceof UnavailableError) || nowMs - sinceMs >= GIVE_UP_AFTER_MS) run.onFailure(error);
    run.logger.warn('worker_activity_put_off', {
      activity: activity.name,
      pauseMs,
      error: errorField(error),
    });
  };

  const start = async (activity: Activity, nowMs: number): Promise<void> => {
    underWay.add(activity);
    try {
      await activity.run(nowMs);
      pauses.delete(activity);
    } catch (error) {
      putOff(activity, error);
    }
    underWay.delete(activity);
    notifier.notify();
  };

  for (;;) {
    const nowMs = clock.nowMs();
    for (const activity of activities) if (nowMs >= fromMs(activity)) void start(activity, nowMs);
    if (underWay.size === 0 && run.isDone()) break;
    await notifier.wait(Math.min(...activities.map(fromMs)));
  }
  notifier.end();
}
