import { takePendingCallbacks } from '../../db/callbacks.ts';
import type { Pool } from '../../db/pool.ts';
import { inTransaction } from '../../db/transaction.ts';
import { insertUnscheduled } from '../../db/unscheduled-executions.ts';
import { callbackBody, type CallbackTargets, callbackUrl } from '../../domain/callback.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DeliverUnscheduled } from '../deliver-unscheduled.ts';

const REPORTS_PER_BATCH = 200;
/** The maximum number of batches in one call. The next tick continues. */
const MAX_BATCHES = 25;

export type SendCallbacks = () => Promise<number>;

/**
 * Turns reports into executions with the trigger CALLBACK, in one transaction for each batch, and delivers them to the queue.
 * After a crash in between, the next tick delivers them. Returns the number of executions. A report of a deleted job, or without
 * a URL, is dropped.
 *
 * @throws UnavailableError
 */
export function makeSendCallbacks(deps: {
  pool: Pool;
  clock: Clock;
  callbackTargets: CallbackTargets;
  deliverUnscheduled: DeliverUnscheduled;
}): SendCallbacks {
  const { pool, clock, callbackTargets, deliverUnscheduled } = deps;

  const sendBatch = async (): Promise<{ taken: number; sent: number }> => {
    const { taken, stored } = await inTransaction(pool, async (tx) => {
      const reports = await takePendingCallbacks(tx, REPORTS_PER_BATCH);
      const executions = reports.flatMap((report) => {
        const requestUrl = callbackUrl(report, callbackTargets);
        if (requestUrl === undefined) return [];
        const { jobId, originId } = report;
        return [{ jobId, originId, trigger: 'CALLBACK' as const, requestUrl, body: callbackBody(report) }];
      });
      const stored = await insertUnscheduled(tx, executions, new Date(clock.nowMs()));
      return { taken: reports.length, stored: stored.filter((execution) => execution !== undefined) };
    });
    await deliverUnscheduled(stored);
    return { taken, sent: stored.length };
  };

  return async () => {
    let total = 0;
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const { taken, sent } = await sendBatch();
      total += sent;
      if (taken < REPORTS_PER_BATCH) break;
    }
    return total;
  };
}
