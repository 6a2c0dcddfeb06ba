import { DAY_MS } from './day.ts';

/** The decision of the tick about a job that does not recur: delete it, check it again later, or stop checking it. */
export type Fate = { kind: 'delete' } | { kind: 'lookAgain'; atMs: number };

/** After this time, a job with an open execution is checked again. */
const OPEN_RECHECK_MS = 3_600_000;

/**
 * Decides whether a job that does not recur is deleted. It has finished when it has no future occurrence, and no
 * execution waits or runs. It is deleted `deleteAfterDays` days after the end of its last execution. A paused job that
 * has never run has not finished.
 */
export function decideFate(
  job: {
    deleteAfterDays: number;
    nextExecutionTime: Date | null;
    hasOpen: boolean;
    isFinished: boolean;
    lastEndedAt: Date | null;
    createdAt: Date;
  },
  nowMs: number,
): Fate {
  const keptMs = job.deleteAfterDays * DAY_MS;
  const lookAgain = (atMs: number): Fate => ({
    kind: 'lookAgain',
    atMs: Math.max(atMs, nowMs + OPEN_RECHECK_MS),
  });
  if (job.nextExecutionTime !== null) return lookAgain(job.nextExecutionTime.getTime() + keptMs);
  if (job.hasOpen || !job.isFinished) return lookAgain(nowMs + keptMs);
  const deleteAtMs = (job.lastEndedAt ?? job.createdAt).getTime() + keptMs;
  return deleteAtMs <= nowMs ? { kind: 'delete' } : { kind: 'lookAgain', atMs: deleteAtMs };
}
