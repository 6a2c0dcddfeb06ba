import type { Execution, Upcoming } from '../../../api/types.ts';

export const markStates = ['good', 'bad', 'busy', 'hollow', 'skipped', 'coming'] as const;
export type MarkState = (typeof markStates)[number];

/** One occurrence of a job, or a run that someone asked for. */
export type Mark = {
  key: string;
  executionId: number | null;
  atMs: number;
  state: MarkState;
  /** Whether the schedule asked for it. */
  isScheduled: boolean;
  status: Execution['status'];
  trigger: Execution['trigger'];
  /** Why it did not run, or failed. */
  reason: string | null;
  latenessMs: number | null;
  durationMs: number | null;
  /** Its retries, if it has any, and when the next or the last one was due, which its waits with their jitter decide. */
  retries: { count: number; dueMs: number } | null;
  /** The occurrences that it stands for, if they were skipped: it reaches from the first to `atMs`. */
  skipped: { count: number; firstMs: number } | null;
};

const states: Record<Execution['status'], MarkState> = {
  SUCCESS: 'good',
  FAILED: 'bad',
  RUNNING: 'busy',
  RETRYING: 'busy',
  CANCELLED: 'hollow',
  SKIPPED: 'skipped',
  SCHEDULED: 'coming',
};

const toMark = (item: Execution | Upcoming): Mark => ({
  key: item.id === null ? `at-${item.executionTime}` : String(item.id),
  executionId: item.id,
  atMs: Date.parse(item.executionTime),
  state: states[item.status],
  isScheduled: item.trigger === 'SCHEDULE',
  status: item.status,
  trigger: item.trigger,
  reason: item.errorMessage ?? item.reason,
  latenessMs: item.latenessMs,
  durationMs: item.executionDuration,
  retries: item.retryCount === 0 ? null : { count: item.retryCount, dueMs: Date.parse(item.dueAt) },
  skipped: item.skipped && { count: item.skipped.count, firstMs: Date.parse(item.skipped.first) },
});

/** How many occurrences show on each side of the present. */
export const SIDE = 20;

/**
 * The last and the next occurrences, and the unscheduled runs between them, the earliest first. An execution that began
 * between two requests is in both lists: the one that began counts.
 */
export function collectMarks(history: readonly Execution[], upcoming: readonly Upcoming[]): Mark[] {
  const past = history.map(toMark);
  const scheduled = past.filter(({ isScheduled }) => isScheduled).slice(0, SIDE);
  const others = past.filter(({ isScheduled }) => !isScheduled).slice(0, SIDE);
  const oldestMs = scheduled.length === SIDE ? (scheduled.at(-1)?.atMs ?? 0) : 0;
  const shown = [...scheduled, ...others.filter(({ atMs }) => atMs >= oldestMs)];
  const known = new Set(shown.map(({ key }) => key));
  const coming = upcoming.map(toMark).filter(({ key }) => !known.has(key));
  return [...shown, ...coming.slice(0, SIDE)].sort((one, other) => one.atMs - other.atMs);
}
