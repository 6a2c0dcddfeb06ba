import {
  findExpiredClaims,
  findOverdueExecutions,
  findRunningOfStopped,
  findWaitingOfStopped,
} from './statements/open-executions.ts';
import type { AuditRule } from './rule.ts';
import { reportAll, walk } from './walk.ts';

const longAgo = new Date(0);

/** Rules about what is open, whenever it was dispatched: nothing of it is stuck, and all of it is wanted. */
export const openRules: readonly AuditRule[] = [
  {
    name: 'claims-end',
    promise: 'a claim whose lease is over is freed by the next tick',
    check: async (tx, { now, leaseGraceMs, maxFindings }, report) => {
      const before = new Date(now.getTime() - leaseGraceMs);
      const claims = await findExpiredClaims(tx, before, maxFindings + 1);
      reportAll(report, claims, ({ leaseExpiresAt, ...execution }) => ({
        ...execution,
        detail: `RUNNING, and its lease ended at ${leaseExpiresAt.toISOString()}`,
      }));
    },
  },
  {
    name: 'due-executions-run',
    promise: 'what is due is claimed within minutes',
    check: async (tx, { now, overdueMs, maxFindings }, report) => {
      const executions = await findOverdueExecutions(
        tx,
        new Date(now.getTime() - overdueMs),
        maxFindings + 1,
      );
      reportAll(report, executions, ({ status, dueAt, ...execution }) => ({
        ...execution,
        detail: `${status}, and due since ${dueAt.toISOString()}`,
      }));
    },
  },
  {
    name: 'stopped-jobs-have-nothing-open',
    promise:
      'of a job that is paused or deleted nothing waits but what was due before, and nothing is retried',
    check: async (tx, { rowsPerPage }, report) => {
      for (const find of [findWaitingOfStopped, findRunningOfStopped]) {
        await walk(
          report,
          { at: longAgo, id: 0 },
          (after) => find(tx, after, rowsPerPage),
          (found) => {
            for (const { status, ...execution } of found) {
              report.finding({ ...execution, detail: `${status}, though its job is stopped` });
            }
          },
        );
      }
    },
  },
];
