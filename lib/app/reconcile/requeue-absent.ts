import { findExecutionRequests } from '../../db/dispatch-executions.ts';
import { listWaitingExecutions, type WaitingPosition } from '../../db/reconcile-executions.ts';
import { planWakeUps } from '../../domain/wake-up-plan.ts';
import { makePayloadText } from '../execution-payload.ts';
import type { PartAttempts } from '../part-attempts.ts';
import type { ReconcileDeps, ReconcileRun } from './reconcile-deps.ts';

/** Queues executions that are in PostgreSQL but not in the queue, page by page. Returns their number. */
export type RequeueAbsent = (run: ReconcileRun) => Promise<number>;

export function makeRequeueAbsent(deps: ReconcileDeps): RequeueAbsent {
  const { pool, queue, publishWakeUps, clock, settings } = deps;

  /** Queues the executions of a page that the queue does not contain. Returns undefined when Redis does not respond. */
  const requeue = async (ids: readonly number[], { tryPart }: PartAttempts): Promise<number | undefined> => {
    const absent = await tryPart('Redis', () => queue.findAbsent(ids));
    if (absent === undefined || absent.length === 0) return absent?.length;
    const executions = await findExecutionRequests(pool, absent);
    const nowMs = clock.nowMs();
    const entries = executions.map((execution) => ({
      id: execution.id,
      dueMs: execution.dueAt.getTime(),
      payload: makePayloadText({ ...execution, delays: { requeuedAtMs: nowMs } })(execution.executionTime),
      queue: execution.isRetry ? ('retry' as const) : ('scheduled' as const),
    }));
    const queued = await tryPart('Redis', () => queue.enqueue(entries, { nowMs }));
    if (queued === undefined) return undefined;
    const wakeUps = planWakeUps(
      entries.filter((entry) => entry.dueMs > nowMs).map((entry) => entry.dueMs),
      new Map(),
      { nowMs, leadMs: settings.wakeUpLeadMs, jobsPerWakeUp: settings.jobsPerWakeUp },
    );
    await tryPart('SQS', () => publishWakeUps(wakeUps));
    return entries.length;
  };

  return async ({ deadlineMs, attempts }) => {
    const horizon = new Date(clock.nowMs() + settings.lookAheadMs);
    let position: WaitingPosition | undefined = { id: 0, dueAt: new Date(0) };
    let requeued = 0;
    while (position !== undefined && clock.nowMs() < deadlineMs) {
      const waiting = await listWaitingExecutions(pool, horizon, position, settings.executionsPerBatch);
      const added = await requeue(
        waiting.map((execution) => execution.id),
        attempts,
      );
      if (added === undefined) break;
      requeued += added;
      position = waiting.length < settings.executionsPerBatch ? undefined : waiting.at(-1);
    }
    return requeued;
  };
}
