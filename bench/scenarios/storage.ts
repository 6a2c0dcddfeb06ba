import { setTimeout as sleep } from 'node:timers/promises';
import { makeKeys } from '../../lib/redis/keys.ts';
import { postedJob } from '../../test/support/a-job.ts';
import { openApiClient, postJobs } from '../../test/support/api-client.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import { inLanes } from '../../test/support/stats.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { loadSchedules, makeDue } from '../support/load-schedules.ts';
import { startBelfry } from '../support/local-run.ts';
import { makeTimedTick } from '../support/timed-tick.ts';
import { usedMemory } from '../support/waiting-bytes.ts';
import { DEPLOYED, startWorkerEnvironment } from '../support/worker-environment.ts';
import { walPosition } from '../support/wal.ts';

const EXECUTIONS = 10_000;
const WAITING = [10_000, 100_000];
/** Within the look-ahead, so that the API dispatches a job at once, and late enough that no job runs during the measurement. */
const DUE_IN_MS = 220_000;

export const storage: Scenario = {
  name: 'storage',
  title: 'what an execution writes to PostgreSQL, and what it takes in Redis while it waits',
  run: async (bench) => {
    await measureWal(bench);
    await measureRedis(bench);
  },
};

type Wal = { tick: number; worker: number; all: number };

/** Measures PostgreSQL's write-ahead log for an execution, from its dispatch to its recorded outcome. */
async function measureWal(bench: Bench): Promise<void> {
  const stage = await bench.services.openStage('storage');
  const target = await startProgram<TargetCalls>(
    new URL('../../test/support/counting-target.ts', import.meta.url),
  );
  const worker = await startWorkerEnvironment(stage, DEPLOYED, []);
  try {
    const api = await target.call('listen', undefined);
    await loadSchedules(stage, EXECUTIONS);
    await stage.pool.query('update jobs set api = $1', [api]);
    const tick = makeTimedTick(stage);
    const walOf = async (work: () => Promise<unknown>): Promise<number> => {
      await stage.pool.query('checkpoint');
      const before = await walPosition(stage.pool);
      await work();
      return ((await walPosition(stage.pool)) - before) / EXECUTIONS;
    };
    const runs: Wal[] = [];
    const inserted: number[] = [];
    for (let round = 1; round <= bench.options.repetitions; round++) {
      bench.progress(`WAL: round ${round} of ${bench.options.repetitions}`);
      await makeDue(stage, { count: EXECUTIONS, every: 1, withinSeconds: 1 });
      const tickBytes = await walOf(tick);
      await sleep(1_500);
      const workerBytes = await walOf(() => worker.wake());
      const { executions } = await target.call('collect', undefined);
      if (executions !== EXECUTIONS)
        throw new Error(`${executions} of ${EXECUTIONS} executions reached the target`);
      runs.push({ tick: tickBytes, worker: workerBytes, all: tickBytes + workerBytes });
      await stage.pool.query('create table if not exists plain_rows (like job_executions, primary key (id))');
      await stage.pool.query('truncate plain_rows');
      // The first read of a new row marks its page, and the page is written to the log. That is not part of the insert.
      await stage.pool.query('vacuum job_executions');
      inserted.push(await walOf(() => insertPlainRows(stage)));
    }
    const n = EXECUTIONS.toLocaleString('en-US');
    const of = (part: keyof Wal) => runs.map((run) => run[part]);
    bench.figure('WAL of an execution, from its dispatch to its outcome', 'bytes', n, of('all'));
    bench.limit('its row inserted once, with a primary key alone', 'bytes', n, inserted);
    bench.figure('WAL of the tick', 'bytes', n, of('tick'));
    bench.figure('WAL of the worker', 'bytes', n, of('worker'));
  } finally {
    await worker.stop();
    await target.stop();
    await stage.close();
  }
}

async function insertPlainRows({ pool }: Stage): Promise<void> {
  await pool.query(
    `insert into plain_rows select * from job_executions where status = 'SUCCESS' order by id desc limit $1`,
    [EXECUTIONS],
  );
}

/** Measures the growth of Redis' memory, in a local run whose API dispatches the jobs that it creates. */
async function measureRedis(bench: Bench): Promise<void> {
  const stage = await bench.services.openStage('storage');
  const belfry = await startBelfry(stage);
  const client = openApiClient(belfry, 4);
  const keys = makeKeys('belfry');
  try {
    const before = await usedMemory(stage.redis);
    let waiting = 0;
    for (const wanted of WAITING) {
      bench.progress(`Redis: ${wanted} executions that wait`);
      await inLanes((wanted - waiting) / 1_000, 4, async (batch) => {
        const due = new Date(Date.now() + DUE_IN_MS).toISOString();
        const jobs = Array.from({ length: 1_000 }, (_, place) =>
          postedJob(batch * 1_000 + place, due, 'http://127.0.0.1:9/'),
        );
        await postJobs(client, jobs);
      });
      waiting = wanted;
      const found = await stage.redis.zcard(keys.scheduled);
      if (found !== waiting) throw new Error(`${found} of ${waiting} executions wait`);
      const bytes = ((await usedMemory(stage.redis)) - before) / waiting;
      bench.figure('Redis memory of an execution that waits', 'bytes', waiting.toLocaleString('en-US'), [
        bytes,
      ]);
    }
    bench.limit('its payload alone', 'bytes', '100', [await meanPayload(stage)]);
  } finally {
    await client.close();
    await belfry.stop();
    await stage.close();
  }
}

async function meanPayload({ redis }: Stage): Promise<number> {
  const keys = makeKeys('belfry');
  const ids = await redis.zrange(keys.scheduled, '0', '99');
  const lengths = await Promise.all(ids.map((id) => redis.strlen(keys.payload(Number(id)))));
  return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
}
