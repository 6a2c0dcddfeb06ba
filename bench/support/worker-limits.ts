import { claimExecutions } from '../../lib/db/claim-executions.ts';
import { recordOutcomes } from '../../lib/db/record-outcomes.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import type { ClientCalls } from './http-client.ts';
import { clearJobs, prepareDueExecutions } from './prepare.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import { inLanes, seconds } from '../../test/support/stats.ts';
import { succeeded } from '../../test/support/outcomes.ts';

/** Measures the limit of each part on which a worker depends, alone, per second. */

const BATCH = 100;
/** A worker has one claim and one record under way at a time. */
const LANES = 2;

export async function measureClient(api: string, count: number): Promise<number> {
  const client = await startProgram<ClientCalls>(new URL('http-client.ts', import.meta.url));
  try {
    await client.call('send', { api, count: 2_000, inFlight: 100 });
    return await client.call('send', { api, count, inFlight: 100 });
  } finally {
    await client.stop();
  }
}

export async function measureDatabase(stage: Stage, api: string, count: number): Promise<number> {
  const { pool } = stage;
  await prepareDueExecutions(stage, api, count);
  const { rows } = await pool.query<{ id: number; executionTime: Date }>(
    'select id, execution_time as "executionTime" from job_executions order by id',
  );
  const taken = await seconds(() =>
    inLanes(count / BATCH, LANES, async (index) => {
      const executions = rows.slice(index * BATCH, (index + 1) * BATCH);
      const claimToken = crypto.randomUUID();
      const now = new Date();
      const leaseExpiresAt = new Date(now.getTime() + 60_000);
      const claimed = await claimExecutions(pool, {
        executions,
        claimToken,
        now,
        dueBy: now,
        leaseExpiresAt,
      });
      const outcomes = executions.map((execution) => ({
        ...execution,
        ...succeeded,
        claimToken,
      }));
      const recorded = await recordOutcomes(pool, outcomes, new Date());
      if (claimed.length !== BATCH || recorded.length !== BATCH) throw new Error('a claim was lost');
    }),
  );
  await clearJobs(stage);
  return count / taken;
}

export async function measureQueue(stage: Stage, api: string, count: number): Promise<number> {
  await prepareDueExecutions(stage, api, count);
  const queue = makeQueue(stage.redis);
  const taken = await seconds(() =>
    inLanes(count / BATCH, LANES, async () => {
      const nowMs = Date.now();
      const workerId = 'bench';
      const { taken } = await queue.take({
        workerId,
        nowMs,
        horizonMs: nowMs,
        limit: BATCH,
        leaseMs: 60_000,
      });
      const outcomes = taken.map(({ id }) => ({ id, status: 'SUCCESS' as const }));
      if ((await queue.settle({ workerId, nowMs, outcomes })) !== BATCH) throw new Error('less was settled');
    }),
  );
  await clearJobs(stage);
  return count / taken;
}
