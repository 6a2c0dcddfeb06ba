import {
  findOverdueSchedules,
  findSchedulesOfStopped,
  listActiveJobs,
  type AuditedJob,
} from './statements/schedules.ts';
import { readHibernation } from '../db/hibernation.ts';
import type { Queryable } from '../db/pool.ts';
import { nextTimeAfter } from '../domain/schedule/next-time.ts';
import { readSchedule } from './read-schedule.ts';
import type { AuditRule, AuditSettings } from './rule.ts';
import { reportAll, walk } from './walk.ts';

/** Whatever is due within this may have been dispatched already, and with it the end of its schedule. */
const DISPATCHED_AHEAD_MS = 600_000;

/** Rules about what is to come: it is served, and each job has it that should. */
export const scheduleRules: readonly AuditRule[] = [
  {
    name: 'due-schedules-served',
    promise: 'ticks dispatch what is due, unless they sleep',
    check: async (tx, settings, report) => {
      const servedSince = await servedUpTo(tx, settings);
      const schedules = await findOverdueSchedules(tx, servedSince, settings.maxFindings + 1);
      reportAll(report, schedules, ({ jobId, nextExecutionTime }) => ({
        jobId,
        detail: `its schedule stands at ${nextExecutionTime.toISOString()}`,
      }));
    },
  },
  {
    name: 'schedules-match-jobs',
    promise: 'a job has a schedule while it is active and has something to come',
    check: async (tx, { now, rowsPerPage }, report) => {
      await walk(
        report,
        0,
        (after) => findSchedulesOfStopped(tx, after, rowsPerPage),
        (found) => {
          for (const { jobId } of found) {
            report.finding({ jobId, detail: 'it is stopped, and its schedule stands' });
          }
        },
      );
      await walk(
        report,
        0,
        (after) => listActiveJobs(tx, after, rowsPerPage),
        (jobs) => {
          for (const job of jobs.filter((job) => lacksSchedule(job, now))) {
            report.finding({ jobId: job.id, detail: 'it recurs, and has no schedule' });
          }
        },
      );
    },
  },
];

/**
 * A sleep excuses what comes due before its end. After that ticks are back; that what is due must then have been
 * dispatched is what the rule is for.
 */
async function servedUpTo(tx: Queryable, { now, overdueMs }: AuditSettings): Promise<Date> {
  const { state, sleepsUntil } = await readHibernation(tx);
  const overdueSince = now.getTime() - overdueMs;
  const isAsleep = state !== 'awake' && sleepsUntil !== null && sleepsUntil.getTime() > overdueSince;
  return isAsleep ? new Date(0) : new Date(overdueSince);
}

/** Of a job that does not recur the occurrence was dispatched: that it was, is for another rule to say. */
function lacksSchedule(job: AuditedJob, now: Date): boolean {
  if (job.nextExecutionTime !== null || !job.isRecurring) return false;
  const schedule = readSchedule(job);
  return schedule !== undefined && nextTimeAfter(schedule, now.getTime() + DISPATCHED_AHEAD_MS) !== undefined;
}
