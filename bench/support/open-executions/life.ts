import type { Pool } from '../../../lib/db/pool.ts';
import type { ExecutionOutcome } from '../../../lib/db/record-outcomes.ts';
import { inLanes } from '../../../test/support/stats.ts';
import type { Execution, Layout } from './layout.ts';
import { retryAt, succeeded } from '../../../test/support/outcomes.ts';

const DISPATCHED_AT_ONCE = 1_000;
const CLAIMED_AT_ONCE = 100;
const RECORDED_AT_ONCE = 300;
/** A worker has one claim and one record under way at a time. */
const LANES = 2;
/** Every twentieth execution is retried once. */
const RETRIED_EVERY = 20;
const PER_SECOND = 100;

/** Dispatches `count` executions from an instant on, 100 due each second, and runs each until it has ended. */
export async function liveThrough(
  pool: Pool,
  layout: Layout,
  { count, from, now }: { count: number; from: Date; now: Date },
): Promise<void> {
  const waiting: Execution[] = [];
  for (let first = 0; first < count; first += DISPATCHED_AT_ONCE) {
    const executions = Array.from({ length: DISPATCHED_AT_ONCE }, (_, index) => ({
      jobId: 1 + first + index,
      jobRevision: 1,
      executionTime: new Date(from.getTime() + Math.floor((first + index) / PER_SECOND) * 1_000),
    }));
    waiting.push(...(await layout.insert(pool, executions, now)));
  }
  if (waiting.length !== count) throw new Error(`${waiting.length} of ${count} were dispatched`);
  await runAll(pool, layout, waiting, now, (execution) => execution.jobId % RETRIED_EVERY === 0);
  const retried = waiting.filter((execution) => execution.jobId % RETRIED_EVERY === 0);
  await runAll(pool, layout, retried, now, () => false);
}

async function runAll(
  pool: Pool,
  layout: Layout,
  executions: readonly Execution[],
  now: Date,
  isRetried: (execution: Execution) => boolean,
): Promise<void> {
  await inLanes(Math.ceil(executions.length / RECORDED_AT_ONCE), LANES, async (lane) => {
    const batch = executions.slice(lane * RECORDED_AT_ONCE, (lane + 1) * RECORDED_AT_ONCE);
    const outcomes: ExecutionOutcome[] = [];
    for (let first = 0; first < batch.length; first += CLAIMED_AT_ONCE) {
      const taken = batch.slice(first, first + CLAIMED_AT_ONCE);
      const claimToken = crypto.randomUUID();
      const leaseExpiresAt = new Date(now.getTime() + 50_000);
      const request = { executions: taken, claimToken, now, dueBy: now, leaseExpiresAt };
      const claimed = await layout.claim(pool, request);
      if (claimed !== taken.length) throw new Error(`${claimed} of ${taken.length} were claimed`);
      for (const execution of taken) {
        const { id, executionTime } = execution;
        const next = isRetried(execution) ? retryAt(now) : succeeded;
        outcomes.push({ id, executionTime, claimToken, ...next });
      }
    }
    const recorded = await layout.record(pool, outcomes, now);
    if (recorded !== outcomes.length) throw new Error(`${recorded} of ${outcomes.length} were recorded`);
  });
}
