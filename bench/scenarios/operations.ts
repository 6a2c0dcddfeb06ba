import { composeJobUseCases, type JobParts } from '../../functions/compose/job-use-cases.ts';
import { composeRunOperations } from '../../functions/compose/operations.ts';
import { makeDispatch } from '../../lib/app/dispatch.ts';
import { startAttempts } from '../../lib/app/part-attempts.ts';
import { makeOperations } from '../../lib/app/start-operation.ts';
import type { By } from '../../lib/domain/audit-log.ts';
import { type OperationAction, operationLimits } from '../../lib/domain/operation.ts';
import { timings } from '../../lib/topology.ts';
import type { Stage } from '../../test/support/services.ts';
import { silentLogger } from '../../test/support/silent-logger.ts';
import { percentile, seconds } from '../../test/support/stats.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { jobParts } from '../support/job-parts.ts';
import { loadSchedules } from '../support/load-schedules.ts';
import { sampleJob } from '../support/prepare.ts';

const JOBS = 20_000;
const DUE = 500;
/** How long creations and dispatches are measured without an operation. */
const ALONE_MS = 15_000;
const CREATE_EVERY_MS = 20;
const TICK_EVERY_MS = 1_000;
/** The group of the jobs that operations act on. Jobs with higher ids are dispatched at the same time. */
const GROUP = 'bulk';
const BY: By = { actor: { type: 'BELFRY', name: 'bench' } };

/** The actions that are measured, in this order: a resume needs the jobs that the pause has paused, and a deletion comes last. */
const ACTIONS = ['tag', 'run', 'pause', 'resume', 'delete'] as const satisfies readonly OperationAction[];

export const operations: Scenario = {
  name: 'operations',
  title: `bulk operations, and what else continues meanwhile`,
  repetitions: 1,
  isOnlyByName: true,
  run: async (bench) => {
    const stage = await bench.services.openStage('operations');
    try {
      const count = bench.options.jobs ?? JOBS;
      bench.progress(`stores ${count} jobs`);
      await stage.pool.query('alter table jobs disable trigger user');
      await loadSchedules(stage, count + DUE);
      await stage.pool.query(`update jobs set job_group = '${GROUP}' where id <= $1`, [count]);
      await stage.pool.query('alter table jobs enable trigger user');
      await stage.pool.query('vacuum analyze jobs');
      await measure(bench, stage, count);
    } finally {
      await stage.close();
    }
  },
};

async function measure(bench: Bench, stage: Stage, count: number): Promise<void> {
  const parts = jobParts(stage);
  const jobs = composeJobUseCases(parts);
  const runOperations = composeRunOperations(parts, jobs);
  const { dryRun, start, get } = makeOperations({ ...parts, runOperations, ensureTicks: undefined });
  const watch = () => startWatching(stage, { parts, count, createJob: jobs.createJob });

  const alone = watch();
  await new Promise((resolve) => setTimeout(resolve, ALONE_MS));
  report(bench, 'no operation', await alone.stop());

  for (const action of ACTIONS) {
    bench.progress(`${action} on ${count} jobs`);
    const tags = { add: action === 'tag' ? ['bench'] : [], remove: [] };
    const ratePerSecond = operationLimits.maxRatePerSecond;
    const asked = { action, filter: { group: GROUP }, tags, group: null, spread: null, ratePerSecond };
    const { token } = await dryRun(asked);
    const watching = watch();
    let id = 0;
    const taken = await seconds(async () => {
      ({ id } = await start({ ...asked, token }, BY));
      // Runs the ticks of the next minutes one after the other, without the time between them.
      while ((await get(id)).state === 'RUNNING') {
        await stage.pool.query(`update operations set paced_until = now() where id = $1`, [id]);
        await runOperations({ untilMs: Date.now() + 30_000, id });
      }
    });
    const { done, failed } = await get(id);
    if (failed > 0 || done < count * 0.99) throw new Error(`${action}: ${done} done, ${failed} failed`);
    bench.figure(`${action}: jobs`, '/s', done.toLocaleString('en-US'), [done / taken]);
    report(bench, action, await watching.stop());
  }
}

type Samples = { createMs: number[]; tickMs: number[] };

function report(bench: Bench, during: string, { createMs, tickMs }: Samples): void {
  const line = (what: string, values: number[]): void => {
    const sorted = values.toSorted((a, b) => a - b);
    bench.limit(`${what} during: ${during}, median`, 'ms', String(sorted.length), [percentile(sorted, 50)]);
    bench.limit(`${what} during: ${during}, p99`, 'ms', String(sorted.length), [percentile(sorted, 99)]);
  };
  line('a creation', createMs);
  line(`a dispatch of ${DUE} due schedules`, tickMs);
}

const MAKE_DUE = /* sql */ `
  update job_schedules
     set next_execution_time = date_trunc('milliseconds', now()) + (job_id - $1) * interval '100 ms'
   where job_id > $1
     and job_id <= $2`;

type Watched = {
  parts: JobParts;
  count: number;
  createJob: ReturnType<typeof composeJobUseCases>['createJob'];
};

/**
 * Creates a job every few milliseconds and dispatches schedules every second, until it is stopped. It does not wait for one
 * answer before the next request.
 */
function startWatching({ pool }: Stage, { parts, count, createJob }: Watched) {
  const samples: Samples = { createMs: [], tickMs: [] };
  const dispatch = makeDispatch(parts);
  const running = new Set<Promise<void>>();
  const begin = (work: () => Promise<unknown>): void => {
    const begun = work().then(() => void running.delete(begun));
    running.add(begun);
  };
  const time = async (into: number[], work: () => Promise<unknown>): Promise<void> =>
    void into.push((await seconds(work)) * 1_000);
  let place = 0;
  const create = () => {
    place += 1;
    return createJob(sampleJob(place, 'http://127.0.0.1:9/', '0 0 1 1 *'), BY);
  };
  let isTicking = false;
  const tick = async (): Promise<void> => {
    if (isTicking) return;
    isTicking = true;
    await pool.query(MAKE_DUE, [count, count + DUE]);
    const nowMs = Date.now();
    const options = { horizonMs: nowMs + timings.lookAheadMs, untilMs: nowMs + 50_000 };
    await time(samples.tickMs, () => dispatch({ ...options, attempts: startAttempts(silentLogger) }));
    isTicking = false;
  };
  const timers = [
    setInterval(() => begin(() => time(samples.createMs, create)), CREATE_EVERY_MS),
    setInterval(() => begin(tick), TICK_EVERY_MS),
  ];
  return {
    stop: async (): Promise<Samples> => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
      return samples;
    },
  };
}
