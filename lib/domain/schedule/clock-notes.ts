import { showWall } from './local-time.ts';
import { nextTimeAfter } from './next-time.ts';
import type { CronSchedule, Schedule } from './schedule.ts';
import { type OffsetSpan, spanAt } from './time-zone.ts';
import { nextWallTime } from './wall-time.ts';

/**
 * The effect of a change of the clock on a schedule.
 *
 * - MOVED: the time does not exist on that day; it runs at the first instant after the gap.
 * - SKIPPED: the times do not exist on that day, and do not run.
 * - ONCE: the time comes twice, and runs the first time only.
 * - TWICE: the times come twice, and run both times.
 */
export type ClockEffect = 'MOVED' | 'SKIPPED' | 'ONCE' | 'TWICE';

export type ClockNote = {
  /** The instant of the change, in epoch milliseconds. */
  atMs: number;
  effect: ClockEffect;
  /** The number of wall times of the schedule that do not exist, or come twice. */
  times: number;
  /** The first of them, in milliseconds of the wall clock, read as UTC. */
  firstWallMs: number;
  /** A sentence for people. */
  note: string;
};

const HOUR_MS = 3_600_000;

/** Lists the changes of the clock after an instant and before another that affect a cron. At most `limit` are returned. */
export function findClockNotes(
  schedule: Schedule,
  { afterMs, beforeMs, limit }: { afterMs: number; beforeMs: number; limit: number },
): ClockNote[] {
  if (schedule.kind !== 'cron') return [];
  const notes: ClockNote[] = [];
  let span = spanAt(schedule.timeZone, afterMs);
  while (span.endMs < beforeMs && notes.length < limit) {
    const next = spanAt(schedule.timeZone, span.endMs);
    const note = noteOf(schedule, span, next);
    if (note !== undefined) notes.push(note);
    span = next;
  }
  return notes;
}

function noteOf(cron: CronSchedule, before: OffsetSpan, after: OffsetSpan): ClockNote | undefined {
  const shiftMs = after.offsetMs - before.offsetMs;
  // A cron that follows the clock through all hours of a day runs as often as before when the clock moves by whole hours.
  if (cron.followsClock && cron.hours.length === 24 && shiftMs % HOUR_MS === 0) return undefined;
  const atMs = after.startMs;
  const fromWallMs = atMs + Math.min(before.offsetMs, after.offsetMs);
  const toWallMs = atMs + Math.max(before.offsetMs, after.offsetMs);
  const { times, firstWallMs } = countWallTimes(cron, fromWallMs, toWallMs);
  if (times === 0) return undefined;
  const effect = effectOf(cron, shiftMs);
  // The run at the end of the gap is then the same one.
  const isMerged = effect === 'MOVED' && nextWallTime(cron, toWallMs) === toWallMs;
  const note = describe({ effect, isMerged, times, firstWallMs, fromWallMs, toWallMs });
  return { atMs, effect, times, firstWallMs, note };
}

function effectOf({ followsClock }: CronSchedule, shiftMs: number): ClockEffect {
  if (shiftMs > 0) return followsClock ? 'SKIPPED' : 'MOVED';
  return followsClock ? 'TWICE' : 'ONCE';
}

/** Counts matching wall times. No zone has ever moved its clock by more than a day, so there are 86,400 at most. */
function countWallTimes(
  cron: CronSchedule,
  fromWallMs: number,
  toWallMs: number,
): { times: number; firstWallMs: number } {
  const firstWallMs = nextWallTime(cron, fromWallMs);
  let times = 0;
  for (let wallMs = firstWallMs; wallMs < toWallMs; wallMs = nextWallTime(cron, wallMs + 1_000)) times += 1;
  return { times, firstWallMs };
}

type Change = {
  effect: ClockEffect;
  isMerged: boolean;
  times: number;
  firstWallMs: number;
  fromWallMs: number;
  toWallMs: number;
};

function describe({ effect, isMerged, times, firstWallMs, fromWallMs, toWallMs }: Change): string {
  const [day = ''] = showWall(fromWallMs).split('T');
  const [from, to, first] = [fromWallMs, toWallMs, firstWallMs].map(timeOfDay);
  const toDay = showWall(toWallMs).split('T')[0] ?? '';
  const end = toDay === day ? to : `${to} on ${toDay}`;
  const isOne = times === 1;
  const what = isOne ? first : `${first} and ${times - 1} more`;
  if (effect === 'MOVED' || effect === 'SKIPPED') {
    const gap = `On ${day}, the clock jumps from ${from} to ${end}. ${what} ${isOne ? 'does' : 'do'} not exist`;
    if (effect === 'SKIPPED') return `${gap}, and ${isOne ? 'does' : 'do'} not run.`;
    if (isMerged) return `${gap}; the run at ${to} takes ${isOne ? 'its' : 'their'} place.`;
    return `${gap}, and ${isOne ? 'runs' : 'run once,'} at ${to}.`;
  }
  const overlap = `On ${day}, the clock goes back from ${end} to ${from}. ${what} ${isOne ? 'comes' : 'come'} twice`;
  return `${overlap}, and ${isOne ? 'runs' : 'run'} ${effect === 'TWICE' ? 'both times' : 'the first time only'}.`;
}

const timeOfDay = (wallMs: number): string => (showWall(wallMs).split('T')[1] ?? '').replace(/:00$/, '');

/** Lists up to `count` times after an instant. For an interval, the first one is an interval after it. */
export function nextTimes(schedule: Schedule, afterMs: number, count: number): number[] {
  const times: number[] = [];
  let timeMs = nextTimeAfter(schedule, afterMs);
  while (timeMs !== undefined && times.length < count) {
    times.push(timeMs);
    timeMs = nextTimeAfter(schedule, timeMs);
  }
  return times;
}
