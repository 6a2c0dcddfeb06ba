import { readHibernation } from '../db/hibernation.ts';
import type { DueSchedule } from '../db/job-schedules.ts';
import type { Queryable } from '../db/pool.ts';
import type { AuditRule, AuditSettings } from './rule.ts';
import { reportAll } from './walk.ts';

export const dueSchedulesServed: AuditRule = {
  name: 'due-schedules-served',
  promise: 'ticks dispatch due schedules, unless Belfry hibernates',
  check: async (tx, settings, report) => {
    const servedSince = await servedUpTo(tx, settings);
    const schedules = await findOverdueSchedules(tx, servedSince, settings.maxFindings + 1);
    reportAll(report, schedules, ({ jobId, nextExecutionTime }) => ({
      jobId,
      detail: `its next execution time is still ${nextExecutionTime.toISOString()}`,
    }));
  },
};

/**
 * Returns the instant up to which ticks must have dispatched every schedule. No schedule is overdue during hibernation.
 * Once it has ended, ticks run again, and due schedules must be dispatched.
 */
async function servedUpTo(tx: Queryable, { now, overdueMs }: AuditSettings): Promise<Date> {
  const { state, sleepsUntil } = await readHibernation(tx);
  const overdueSince = now.getTime() - overdueMs;
  const isAsleep = state !== 'awake' && sleepsUntil !== null && sleepsUntil.getTime() > overdueSince;
  return isAsleep ? new Date(0) : new Date(overdueSince);
}

const FIND_OVERDUE_SCHEDULES = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime"
    from job_schedules
   where next_execution_time < $1
     and (unreadable_until is null or unreadable_until < $1)
   order by next_execution_time
   limit (select $2::integer)`;

/** Finds schedules whose next execution time is before the instant, the oldest first. */
export async function findOverdueSchedules(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<DueSchedule[]> {
  const { rows } = await db.query<DueSchedule>({
    name: 'audit_overdue_schedules',
    text: FIND_OVERDUE_SCHEDULES,
    values: [before, limit],
  });
  return rows;
}
