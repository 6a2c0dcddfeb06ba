import type { Queryable } from '../db/pool.ts';
import { findToRedrive } from '../db/redrive-failures.ts';
import { insertUnscheduled, type NewUnscheduled } from '../db/unscheduled-executions.ts';
import type { Operation, Progress } from '../domain/operation.ts';
import type { ActionResult, ActOn } from './act-on.ts';
import type { DeliverUnscheduled } from './deliver-unscheduled.ts';
import { repeatOf } from './repeat-of.ts';

/** Makes the actions that store executions: a run of each job, and a redrive of its last failed execution. */
export function makePacedActions(deliverUnscheduled: DeliverUnscheduled): { run: ActOn; redrive: ActOn } {
  /** Stores executions. The rate spreads them over the time that the batch stands for. */
  const store = async (
    tx: Queryable,
    { pacedUntil, ratePerSecond }: Operation & Progress,
    executions: readonly NewUnscheduled[],
    now: Date,
  ): Promise<ActionResult> => {
    const startMs = Math.max(pacedUntil.getTime(), now.getTime());
    const dueMs = (place: number) => startMs + Math.floor(place / ratePerSecond) * 1_000;
    const stored = [];
    for (const [atMs, batch] of Map.groupBy(executions.entries(), ([place]) => dueMs(place))) {
      const some = batch.map(([, execution]) => execution);
      stored.push(...(await insertUnscheduled(tx, some, new Date(atMs))));
    }
    const live = stored.filter((execution) => execution !== undefined);
    return { done: live.length, failures: [], afterCommit: () => deliverUnscheduled(live) };
  };

  return {
    run: async (tx, operation, ids, now) => {
      const runs = ids.map((jobId): NewUnscheduled => ({
        jobId,
        trigger: 'MANUAL',
        originId: null,
        body: null,
      }));
      return store(tx, operation, runs, now);
    },
    redrive: async (tx, operation, ids, now) => {
      if (operation.redrive === null) throw new Error(`the redrive ${operation.id} has no failure group`);
      const failures = await findToRedrive(tx, operation.redrive, ids);
      return store(tx, operation, failures.map(repeatOf), now);
    },
  };
}
