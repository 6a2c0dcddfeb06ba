import { readHibernation } from '../db/hibernation.ts';
import type { DueSchedule } from '../db/job-schedules.ts';
import type { Queryable } from '../db/pool.ts';
import type { AuditRule, AuditSettings } from './rule.ts';
import { reportAll } from './walk.ts';

export const dueSchedulesServed: AuditRule = {
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
};

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

const FIND_OVERDUE_SCHEDULES = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime"
    from job_schedules
   where next_execution_time < $1
     and (unreadable_until is null or unreadable_until < $1)
   order by next_execution_time
   limit (select $2::integer)`;

/** Schedules whose next time came before the instant, the oldest first. */
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
