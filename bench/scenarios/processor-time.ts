import { readFile } from 'node:fs/promises';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { insertExecutions } from '../../lib/db/dispatch-executions.ts';
import { insertJobs } from '../../lib/db/jobs.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { prepareLocalDatabase } from '../../local/schema.ts';
import { postedJob } from '../../test/support/a-job.ts';
import { distantCron } from '../../test/support/api-client.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import type { ClientCalls } from '../support/http-client.ts';
import { loadSchedules, makeDue } from '../support/load-schedules.ts';
import { clearJobs, prepareDueExecutions, sampleJob } from '../support/prepare.ts';
import {
  type FunctionEnvironment,
  DEPLOYED,
  startFunctionEnvironment,
  startWorkerEnvironment,
} from '../support/worker-environment.ts';

/** The processor time of each function, for which AWS bills: in a separate process, after a warm-up. */

const POSTS = 1_000;
const EXECUTIONS = 10_000;
const JOBS = 20_000;
const API_KEY = 'belfry_bench_0123456789abcdef0123456789abcdef';
/** Never called. */
const DISTANT = 'http://127.0.0.1:9/';
const DUE_SOON_MS = 120_000;

export const processorTime: Scenario = {
  name: 'processor-time',
  title: 'processor time of a function, for each request, execution and job',
  run: async (bench) => {
    await onStage(bench, measureApi);
    await onStage(bench, measureTick);
    await onStage(bench, measureWorker);
  },
};

async function onStage(bench: Bench, measure: (bench: Bench, stage: Stage) => Promise<void>): Promise<void> {
  const stage = await bench.services.openStage('processor-time');
  try {
    await measure(bench, stage);
  } finally {
    await stage.close();
  }
}

const shown = (n: number): string => n.toLocaleString('en-US');

/** Measures the processor time of this process, which does nothing else, in microseconds. */
async function processorMicros(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Measures once to warm up, and then for each repetition. */
async function repeatWarm(bench: Bench, measure: () => Promise<number>): Promise<number[]> {
  await measure();
  const all: number[] = [];
  for (let i = 0; i < bench.options.repetitions; i++) all.push(await measure());
  return all;
}

const UNLIMITED = { BELFRY_RATE_LIMIT_PER_SECOND: '100000', BELFRY_RATE_LIMIT_BURST: '200000' };

const startFunction = (stage: Stage, name: 'api' | 'scheduler'): Promise<FunctionEnvironment> =>
  startFunctionEnvironment(stage, name, { env: UNLIMITED });

async function measureApi(bench: Bench, stage: Stage): Promise<void> {
  await prepareLocalDatabase({ ...stage.services, apiKey: API_KEY }, systemClock);
  const api = await startFunction(stage, 'api');
  const post = async (job: object): Promise<number> => {
    const event = {
      httpMethod: 'POST',
      path: '/api/v1/jobs',
      headers: { 'X-API-Key': API_KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify(job),
      isBase64Encoded: false,
      requestContext: { requestId: 'bench' },
    };
    const { result, cpuMs } = await api.invoke(event);
    if (JSON.stringify(result).includes('"statusCode":201')) return cpuMs * 1_000;
    throw new Error(`the API answered ${JSON.stringify(result)}`);
  };
  const postAll = async (scheduleOf: (place: number) => string): Promise<number> => {
    let micros = 0;
    for (let place = 0; place < POSTS; place++)
      micros += await post(postedJob(place, scheduleOf(place), DISTANT));
    return micros / POSTS;
  };
  try {
    bench.progress('API: jobs that are due in hours, then jobs that are due in two minutes');
    const n = shown(POSTS);
    bench.figure('API: a POST of a job', 'µs', n, await repeatWarm(bench, () => postAll(distantCron)));
    const nextExecutionTime = new Date(Date.now() + 7_200_000);
    const insert = async () => {
      const micros = await processorMicros(async () => {
        for (let place = 0; place < POSTS; place++) {
          const job = {
            ...sampleJob(place, DISTANT, distantCron(place)),
            isRecurring: true,
            nextExecutionTime,
          };
          await insertJobs(stage.pool, [job], new Date());
        }
      });
      return micros / POSTS;
    };
    bench.limit(
      'the same rows by the same statement, without the API',
      'µs',
      n,
      await repeatWarm(bench, insert),
    );
    const soon = () => new Date(Date.now() + DUE_SOON_MS).toISOString();
    const figures = await repeatWarm(bench, () => postAll(soon));
    bench.figure('API: a POST of a job that is due soon, dispatched at once', 'µs', n, figures);
  } finally {
    await api.stop();
  }
}

async function measureTick(bench: Bench, stage: Stage): Promise<void> {
  bench.progress(`tick: ${shown(EXECUTIONS)} executions`);
  await loadSchedules(stage, EXECUTIONS);
  const scheduler = await startFunction(stage, 'scheduler');
  const dispatch = async (): Promise<number> => {
    await makeDue(stage, { count: EXECUTIONS, every: 1, withinSeconds: 100 });
    const { cpuMs } = await scheduler.invoke({});
    const { rows } = await stage.pool.query<{ count: number }>(
      /* sql */ `select count(*) as count from job_executions where status = 'SCHEDULED'`,
    );
    if (rows[0]?.count !== EXECUTIONS) throw new Error(`the tick dispatched ${rows[0]?.count} executions`);
    return (cpuMs * 1_000) / EXECUTIONS;
  };
  try {
    const n = shown(EXECUTIONS);
    bench.figure(
      'scheduler: an execution that a tick dispatches',
      'µs',
      n,
      await repeatWarm(bench, dispatch),
    );
    const writeAll = () => writeExecutions(stage);
    bench.limit(
      'the same rows and queue entries, without the tick',
      'µs',
      n,
      await repeatWarm(bench, writeAll),
    );
  } finally {
    await scheduler.stop();
  }
}

/** Stores and enqueues executions as a tick does, by the same statement and the same script. @returns microseconds for each. */
async function writeExecutions({ pool, redis }: Stage): Promise<number> {
  await pool.query('delete from job_executions');
  await redis.flushall();
  const queue = makeQueue(redis);
  const executionTime = new Date(Date.now() + 60_000);
  const payload = JSON.stringify(sampleJob(1, DISTANT, distantCron(1)));
  const micros = await processorMicros(async () => {
    for (let first = 1; first <= EXECUTIONS; first += 1_000) {
      const executions = Array.from({ length: 1_000 }, (_, place) => ({
        jobId: first + place,
        jobRevision: 1,
        executionTime,
      }));
      const rows = await insertExecutions(pool, executions, new Date());
      const dueMs = executionTime.getTime();
      const entries = rows.map(({ id }) => ({ id, dueMs, payload, queue: 'scheduled' as const }));
      await queue.enqueue(entries, { nowMs: Date.now() });
    }
  });
  return micros / EXECUTIONS;
}

async function measureWorker(bench: Bench, stage: Stage): Promise<void> {
  const target = await startProgram<TargetCalls>(
    new URL('../../test/support/counting-target.ts', import.meta.url),
  );
  const worker = await startWorkerEnvironment(stage, DEPLOYED, []);
  const client = await startProgram<ClientCalls>(new URL('../support/http-client.ts', import.meta.url));
  try {
    bench.progress(`worker: ${shown(JOBS)} jobs`);
    const api = await target.call('listen', undefined);
    const n = shown(JOBS);
    const execute = async () => {
      await prepareDueExecutions(stage, api, JOBS);
      const { cpuMs } = await worker.wake();
      const { executions } = await target.call('collect', undefined);
      if (executions !== JOBS) throw new Error(`${executions} of ${JOBS} jobs reached the target`);
      await clearJobs(stage);
      return (cpuMs * 1_000) / JOBS;
    };
    bench.figure('worker: a job that it executes', 'µs', n, await repeatWarm(bench, execute));
    const send = async () => {
      const before = await processorMsOf(client.pid);
      await client.call('send', { api, count: JOBS, inFlight: 100 });
      return (((await processorMsOf(client.pid)) - before) * 1_000) / JOBS;
    };
    if (process.platform !== 'linux') return;
    bench.limit('its HTTP client alone', 'µs', n, await repeatWarm(bench, send));
  } finally {
    await client.stop();
    await worker.stop();
    await target.stop();
  }
}

/** The processor time of another process, in steps of 10 ms: user and system time are the 14th and the 15th field. */
async function processorMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, the second field, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
