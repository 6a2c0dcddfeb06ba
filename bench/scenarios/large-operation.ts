import { setTimeout as sleep } from 'node:timers/promises';
import { composeJobUseCases } from '../../functions/compose/job-use-cases.ts';
import { makeOperations } from '../../lib/app/start-operation.ts';
import { buildIndexes } from '../../lib/db/build-indexes.ts';
import type { By } from '../../lib/domain/audit-log.ts';
import {
  type NewOperation,
  type Operation,
  type OperationAction,
  operationLimits,
} from '../../lib/domain/operation.ts';
import { migrations } from '../../lib/generated/embedded.ts';
import { aJob } from '../../test/support/a-job.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import { percentile, seconds } from '../../test/support/stats.ts';
import { DROP_INDEXES } from '../support/deployment/load-jobs.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { jobParts } from '../support/job-parts.ts';
import { loadSchedules } from '../support/load-schedules.ts';
import { sampleJob } from '../support/prepare.ts';
import { makeTimedTick } from '../support/timed-tick.ts';
import { walPosition } from '../support/wal.ts';
import { startWorkerFleet, type WorkerFleet } from '../support/worker-fleet.ts';

const JOBS = 1_000_000;
const ALONE_MS = 90_000;
const CREATE_EVERY_MS = 50;
/** A tick with an operation takes 30 s. Without an operation, the next tick begins 30 s after the last one. */
const TICK_EVERY_MS = 30_000;
/** An operation is aborted after this time. */
const LONGEST_MS = 1_800_000;
const LIVE_JOBS = 200;
const LIVE_SCHEDULE = '@every 5s';
const WORKERS = 2;
const BY: By = { actor: { type: 'BELFRY', name: 'bench' } };

/** The actions on all jobs, in this order: a resume needs the jobs that the pause has paused, and a deletion comes last. */
const CHANGES = ['pause', 'resume', 'spread', 'tag', 'group'] as const satisfies readonly OperationAction[];
const LAST = 'delete' satisfies OperationAction;
const HERD = /* sql */ `update jobs set schedule = regexp_replace(schedule, '^\\d+ \\d+', '0 0'), api = $1`;

export const largeOperation: Scenario = {
  name: 'large-operation',
  title: `operations on all of ${JOBS.toLocaleString('en-US')} jobs, unless --jobs says otherwise, while jobs are created and executed`,
  repetitions: 1,
  isOnlyByName: true,
  run: async (bench) => {
    const stage = await bench.services.openStage('large-operation');
    const target = await startProgram<TargetCalls>(
      new URL('../../test/support/counting-target.ts', import.meta.url),
    );
    let fleet: WorkerFleet | undefined;
    const workers = {
      start: async () => void (fleet ??= await startWorkerFleet(stage, WORKERS)),
      stop: async () => {
        await fleet?.stop();
        fleet = undefined;
      },
    };
    try {
      const count = bench.options.jobs ?? JOBS;
      bench.progress(`stores ${count} jobs`);
      await stage.pool.query(DROP_INDEXES);
      await stage.pool.query('alter table jobs disable trigger user');
      await loadSchedules(stage, count);
      const url = await target.call('listen', undefined);
      // Jobs at full hours, which a spread can move, with a target that answers their repetitions.
      await stage.pool.query(HERD, [url]);
      await stage.pool.query('alter table jobs enable trigger user');
      await buildIndexes(
        stage.pool,
        migrations.map(({ version }) => version),
      );
      await stage.pool.query('vacuum analyze jobs, job_schedules');
      await measure(bench, stage, {
        count,
        url,
        workers,
      });
    } finally {
      await workers.stop();
      await target.stop();
      await stage.close();
    }
  },
};

type Workers = { start: () => Promise<void>; stop: () => Promise<void> };

async function measure(
  bench: Bench,
  stage: Stage,
  { count, url, workers }: { count: number; url: string; workers: Workers },
): Promise<void> {
  const isAsked = (action: OperationAction): boolean => bench.options.actions?.includes(action) ?? true;
  const parts = jobParts(stage);
  const { createJob, createJobs } = composeJobUseCases(parts);
  // The ticks run the operations.
  const operations = makeOperations({ ...parts, runOperations: async () => {}, ensureTicks: undefined });
  const askedFor = (action: OperationAction): NewOperation => ({
    action,
    filter: {},
    tags: { add: action === 'tag' ? ['bench'] : [], remove: [] },
    group: action === 'group' ? 'bench' : null,
    spread: action === 'spread' ? { withinSeconds: 300 } : null,
    ratePerSecond: action === 'run' ? operationLimits.maxRunsPerSecond : operationLimits.maxRatePerSecond,
  });
  // An operation acts on no job that was created after its dry run.
  const tokens = new Map<OperationAction, string>();
  for (const action of [...CHANGES, 'run', LAST] as const) {
    const ms =
      1_000 *
      (await seconds(async () => {
        tokens.set(action, (await operations.dryRun(askedFor(action))).token);
      }));
    bench.progress(`dry run of ${action}: ${ms.toFixed(0)} ms`);
  }
  const live = Array.from({ length: LIVE_JOBS }, (_, place) =>
    aJob({ name: `live ${place}`, schedule: LIVE_SCHEDULE, api: url }),
  );
  await createJobs(live, BY);

  let place = 0;
  const create = () => {
    place += 1;
    return createJob(sampleJob(place, 'http://127.0.0.1:9/', '0 0 1 1 *'), BY);
  };
  const watched = { bench, stage, create };

  await workers.start();
  bench.progress('no operation');
  await watch(watched, 'no operation', async (tick) => {
    const untilMs = Date.now() + ALONE_MS;
    while (Date.now() < untilMs) {
      await tick();
      await sleep(TICK_EVERY_MS);
    }
  });
  const finish = (what: string, start: () => Promise<Operation>): Promise<void> => {
    bench.progress(`${what} on ${count} jobs`);
    return watch(watched, what, async (tick) => {
      const { id } = await start();
      const untilMs = Date.now() + LONGEST_MS;
      // Runs the ticks of the next minutes one after the other, without the time between them.
      while ((await operations.get(id)).state === 'RUNNING' && Date.now() < untilMs) {
        await stage.pool.query(`update operations set paced_until = now() where id = $1`, [id]);
        await tick();
        bench.progress(`  ${(await operations.get(id)).done} done`);
      }
      const { state, done, failed } = await operations.get(id);
      if (failed > 0) throw new Error(`${what}: ${failed} failed`);
      if (state === 'RUNNING') await operations.abort(id, BY);
      return done;
    });
  };
  const startOf = (action: OperationAction) => () =>
    operations.start({ ...askedFor(action), token: tokens.get(action) ?? '' }, BY);

  const redriveAll = async (): Promise<void> => {
    const failureGroupId = await loadFailures(stage, count);
    const { maxRunsPerSecond: ratePerSecond } = operationLimits;
    await finish('redrive', () =>
      operations.startRedrive({ failureGroupId, includeSucceeded: false, ratePerSecond }, BY),
    );
    const { rows } = await stage.pool.query<{ status: string; count: number }>(
      `select status, count(*) as count from job_executions where trigger = 'REDRIVE' group by status order by status`,
    );
    const ends = rows.map((row) => `${row.count} ${row.status}`).join(', ');
    bench.note(`at the end of the redrive, its repetitions were: ${ends}`);
  };

  for (const action of CHANGES) if (isAsked(action)) await finish(action, startOf(action));
  // Runs this operation without workers, because it fills the queue.
  await workers.stop();
  if (isAsked('run')) await finish('run', startOf('run'));
  await emptyQueue(stage);
  await workers.start();
  if (isAsked('redrive')) await redriveAll();
  await workers.stop();
  await emptyQueue(stage);
  await workers.start();
  if (isAsked(LAST)) await finish(LAST, startOf(LAST));
}

/** Ends the executions that wait. */
async function emptyQueue({ pool, redis }: Stage): Promise<void> {
  await pool.query(`delete from job_executions where status in ('SCHEDULED', 'RETRYING')`);
  await redis.flushdb();
  await pool.query('vacuum analyze job_executions');
}

const LOAD_FAILED = /* sql */ `
  insert into job_executions (id, job_id, job_revision, status, execution_time, due_at, error_message, started_at, created_at, updated_at)
  select nextval('job_execution_ids'), n, 1, 'FAILED', $2::timestamptz, $2, 'the target answered 500', $2, $2, $2 from generate_series(1, $1::bigint) n`;
const LOAD_GROUP = /* sql */ `
  insert into failure_groups (fingerprint, host, path, message, executions, jobs, first_failed_at, last_failed_at, sample_execution_id, sample_job_id)
  select sha256('bench'), '127.0.0.1', '/', 'the target answered {n}', $1::bigint, $1, $2, $2, max(id), max(job_id)
    from job_executions where execution_time = $2
  returning id`;
const LOAD_FAILED_JOBS = /* sql */ `
  insert into failure_jobs (group_id, job_id, executions, last_failed_at, last_execution_id, last_execution_time)
  select $1, job_id, 1, $2, id, $2 from job_executions where execution_time = $2`;

/** Stores a failed execution of each job, in one group of failures. Returns the id of the group. */
async function loadFailures({ pool }: Stage, count: number): Promise<number> {
  const failedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  await pool.query(LOAD_FAILED, [count, failedAt]);
  const { rows } = await pool.query<{ id: number }>(LOAD_GROUP, [count, failedAt]);
  const id = rows[0]?.id ?? 0;
  await pool.query(LOAD_FAILED_JOBS, [id, failedAt]);
  await pool.query('vacuum analyze job_executions, failure_jobs');
  return id;
}

const TABLES = ['jobs', 'job_schedules', 'job_tags', 'audit_log'] as const;

/** Creates jobs and runs ticks while `work` runs, and reports how long each took. `work` returns the jobs it changed. */
async function watch(
  { bench, stage, create }: { bench: Bench; stage: Stage; create: () => Promise<unknown> },
  during: string,
  work: (tick: () => Promise<void>) => Promise<number | void>,
): Promise<void> {
  const { pool } = stage;
  const createMs: number[] = [];
  const tickMs: number[] = [];
  const runTick = makeTimedTick(stage);
  const tick = async (): Promise<void> => {
    const { report } = await runTick();
    if (report.failedParts.length > 0) bench.note(`${during}: a tick failed in ${report.failedParts.join()}`);
    tickMs.push(report.durationMs);
  };
  const running = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const begun = (async () => {
      createMs.push((await seconds(create)) * 1_000);
    })().then(() => void running.delete(begun));
    running.add(begun);
  }, CREATE_EVERY_MS);
  const [sizes, wal, startedAt] = [await sizesOf(pool), await walPosition(pool), new Date()];
  let changed: number | void = undefined;
  const taken = await seconds(async () => {
    changed = await work(tick);
  });
  const walBytes = (await walPosition(pool)) - wal;
  clearInterval(timer);
  await Promise.all(running);
  const lateMs = await latenesses(pool, startedAt);

  if (changed !== undefined) {
    const n = String(changed);
    bench.progress(`  ${n} in ${taken.toFixed(0)} s: ${(changed / taken).toFixed(0)} a second`);
    bench.figure(`${during}: jobs`, '/s', n, [changed / taken]);
    bench.limit('WAL for each job, with the rest', 'bytes', n, [walBytes / changed]);
    const after = await sizesOf(pool);
    for (const table of TABLES) {
      const sizeOf = (of: Map<string, number>) => (of.get(table) ?? 0) / 1e6;
      bench.limit(`${table}: MB before and after`, 'MB', n, [sizeOf(sizes), sizeOf(after)]);
    }
  }
  const line = (what: string, values: number[]): void => {
    const sorted = values.toSorted((a, b) => a - b);
    bench.progress(
      `  ${what}: median ${percentile(sorted, 50)}, p99 ${percentile(sorted, 99)}, n = ${sorted.length}`,
    );
    for (const [name, at] of [
      ['median', 50],
      ['p99', 99],
      ['the longest', 100],
    ] as const)
      bench.limit(`${what} during: ${during}, ${name}`, 'ms', String(sorted.length), [
        percentile(sorted, at),
      ]);
  };
  line('a creation', createMs);
  line('a tick', tickMs);
  line('an execution, sent after it was due', lateMs);
}

async function sizesOf(pool: Stage['pool']): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; bytes: number }>(
    `select name, pg_total_relation_size(name::regclass) as bytes from unnest($1::text[]) name`,
    [TABLES],
  );
  return new Map(rows.map(({ name, bytes }) => [name, bytes]));
}

async function latenesses(pool: Stage['pool'], since: Date): Promise<number[]> {
  const { rows } = await pool.query<{ ms: number }>(
    `select lateness_ms as ms from job_executions where started_at >= $1 and lateness_ms is not null`,
    [since],
  );
  return rows.map(({ ms }) => ms);
}
