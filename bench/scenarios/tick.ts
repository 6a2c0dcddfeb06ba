import { claimExecutions } from '../../lib/db/claim-executions.ts';
import { listHistory, listUpcoming } from '../../lib/db/execution-history.ts';
import { lockDueSchedules } from '../../lib/db/job-schedules.ts';
import { listJobs } from '../../lib/db/list-jobs.ts';
import { ensurePartitions } from '../../lib/db/partitions.ts';
import { listWaitingExecutions } from '../../lib/db/reconcile-executions.ts';
import { recordOutcomes } from '../../lib/db/record-outcomes.ts';
import { timings } from '../../lib/topology.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { explaining } from '../support/explain.ts';
import { loadHistory, loadSchedules, makeDue } from '../support/load-schedules.ts';
import type { Stage } from '../../test/support/services.ts';
import { seconds } from '../../test/support/stats.ts';
import { makeTimedTick, type Parts } from '../support/timed-tick.ts';
import { succeeded } from '../../test/support/outcomes.ts';

const SCHEDULES = 1_000_000;
const DUE = 10_000;
/** Within the look-ahead of every tick in the next seconds. */
const DUE_WITHIN_SECONDS = 100;
const EXECUTIONS = 5_000_000;
const HISTORY_DAYS = 5;
const HISTORY_JOBS = 50_000;

export const tick: Scenario = {
  name: 'tick',
  title: `a tick over ${SCHEDULES.toLocaleString('en-US')} schedules of which ${DUE.toLocaleString('en-US')} are due`,
  run: async (bench) => {
    const stage = await bench.services.openStage('tick');
    try {
      bench.progress(`loads ${SCHEDULES} schedules and ${EXECUTIONS} executions`);
      const dayMs = 86_400_000;
      await ensurePartitions(stage.pool, new Date(Date.now() - HISTORY_DAYS * dayMs), HISTORY_DAYS + 3);
      const loading = await seconds(async () => {
        await loadSchedules(stage, SCHEDULES);
        await loadHistory(stage, { count: EXECUTIONS, jobs: HISTORY_JOBS, days: HISTORY_DAYS });
      });
      bench.progress(`loaded within ${Math.round(loading)} s`);
      await measureTicks(bench, stage);
      bench.note(
        `${EXECUTIONS.toLocaleString('en-US')} executions in the history; what the hot statements read of it, by EXPLAIN:`,
      );
      await explainReads(bench, stage);
    } finally {
      await stage.close();
    }
  },
};

async function measureTicks(bench: Bench, stage: Stage): Promise<void> {
  const tick = makeTimedTick(stage);
  // One tick in five counts the load. The others are measured below.
  const { parts: counting } = await tick();
  const all: Parts[] = [];
  for (let repetition = 0; repetition < bench.options.repetitions; repetition++) {
    await makeDue(stage, { count: DUE, every: SCHEDULES / DUE, withinSeconds: DUE_WITHIN_SECONDS });
    const { report, parts } = await tick();
    if (report.schedules !== DUE || report.executions !== DUE || !report.isComplete) {
      throw new Error(`the tick dispatched something else: ${JSON.stringify(report)}`);
    }
    all.push(parts);
  }
  const idle: number[] = [];
  for (let repetition = 0; repetition < bench.options.repetitions; repetition++) {
    const { report, parts } = await tick();
    if (report.executions !== 0) throw new Error(`the tick dispatched something: ${JSON.stringify(report)}`);
    idle.push(parts.totalMs);
  }
  const n = DUE.toLocaleString('en-US');
  const of = (part: keyof Parts) => all.map((parts) => parts[part]);
  bench.figure('the tick', 'ms', n, of('totalMs'), { atMost: 1_500 });
  bench.limit('a tick that finds nothing due', 'ms', '0', idle);
  bench.limit('the same, and counts the load', 'ms', '0', [counting.totalMs]);
  bench.limit('of it waiting for PostgreSQL', 'ms', n, of('postgresMs'));
  bench.limit('of it waiting for Redis', 'ms', n, of('redisMs'));
  bench.limit('of it waiting for SQS (100 wake-ups)', 'ms', n, of('sqsMs'));
}

/** Reports what the frequent statements read at this size, by EXPLAIN. Their changes are rolled back. */
async function explainReads(bench: Bench, { pool }: Stage): Promise<void> {
  const client = await pool.connect();
  const db = explaining(client, bench.note);
  const now = new Date();
  const horizon = new Date(now.getTime() + timings.lookAheadMs);
  const claimToken = crypto.randomUUID();
  try {
    await client.query('begin');
    await client.query(
      /* sql */ `update job_schedules set next_execution_time = $1 where job_id in (select n * 100 from generate_series(1, 10000) n)`,
      [now],
    );
    await lockDueSchedules(db, { now, horizon }, 1_000);
    const { rows: executions } = await client.query<{ id: number; executionTime: Date }>(
      /* sql */ `select id, execution_time as "executionTime" from job_executions where status = 'SCHEDULED' limit 100`,
    );
    const claim = { executions, claimToken, now, dueBy: horizon, leaseExpiresAt: horizon };
    await claimExecutions(db, claim);
    const outcome = { ...succeeded, claimToken };
    await recordOutcomes(
      db,
      executions.map((execution) => ({ ...execution, ...outcome })),
      now,
    );
    await listWaitingExecutions(db, horizon, { id: 0, dueAt: new Date(0) }, 1_000);
    await listHistory(db, 77, { limit: 50, offset: 0 });
    await listUpcoming(db, 77, { limit: 50, offset: 0 });
    await listHistory(db, 77, { limit: 50, offset: 0, status: 'FAILED' });
    await listJobs(db, { limit: 50, offset: 0, maxBytes: 2 * 1_048_576 }, now);
  } finally {
    await client.query('rollback');
    client.release(false);
  }
}
