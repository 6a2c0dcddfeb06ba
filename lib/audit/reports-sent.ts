import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';
import { reportAll } from './walk.ts';

/** A report becomes an execution at once, or by the next tick. */
export const reportsSent: AuditRule = {
  name: 'reports-sent',
  promise: 'no report waits for its execution for longer than a tick',
  check: async (tx, { now, overdueMs, maxFindings }, report) => {
    const waiting = await findWaitingReports(tx, new Date(now.getTime() - overdueMs), maxFindings + 1);
    reportAll(report, waiting, ({ jobId, originId, createdAt }) => ({
      jobId,
      executionId: originId,
      detail: `its report has waited since ${createdAt.toISOString()}`,
    }));
  },
};

const FIND_WAITING_REPORTS = /* sql */ `
  select job_id as "jobId", origin_id as "originId", created_at as "createdAt"
    from (select id, job_id, origin_id, created_at from pending_callbacks order by id limit $2) p
   where created_at < $1
   order by id`;

/** Finds the oldest reports that were written before the instant. */
export async function findWaitingReports(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<{ jobId: number; originId: number; createdAt: Date }[]> {
  const { rows } = await db.query<{ jobId: number; originId: number; createdAt: Date }>({
    name: 'audit_waiting_reports',
    text: FIND_WAITING_REPORTS,
    values: [before, limit],
  });
  return rows;
}
