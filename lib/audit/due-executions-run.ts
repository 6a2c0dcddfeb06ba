import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';
import { reportAll } from './walk.ts';

export const dueExecutionsRun: AuditRule = {
  name: 'due-executions-run',
  promise: 'every due execution is claimed within minutes',
  check: async (tx, { now, overdueMs, maxFindings }, report) => {
    const executions = await findOverdueExecutions(tx, new Date(now.getTime() - overdueMs), maxFindings + 1);
    reportAll(report, executions, ({ status, dueAt, ...execution }) => ({
      ...execution,
      detail: `still ${status}, and due since ${dueAt.toISOString()}`,
    }));
  },
};

type OverdueExecution = {
  executionId: number;
  jobId: number;
  executionTime: Date;
  status: string;
  dueAt: Date;
};

// Reads the index of waiting executions. The limit is a subquery for the same reason as in `listWaitingExecutions`.
const FIND_OVERDUE_EXECUTIONS = /* sql */ `
  select id as "executionId", job_id as "jobId", execution_time as "executionTime", status, due_at as "dueAt"
    from job_executions
   where status in ('SCHEDULED', 'RETRYING')
     and due_at < $1
   order by due_at, id
   limit (select $2::integer)`;

/** Lists executions that are still waiting although they were due before the instant, the oldest first. */
export async function findOverdueExecutions(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<OverdueExecution[]> {
  const { rows } = await db.query<OverdueExecution>({
    name: 'audit_overdue_executions',
    text: FIND_OVERDUE_EXECUTIONS,
    values: [before, limit],
  });
  return rows;
}
