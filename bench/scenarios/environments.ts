import { setTimeout as sleep } from 'node:timers/promises';
import { makeKeys } from '../../lib/redis/keys.ts';
import { postedJob } from '../../test/support/a-job.ts';
import { openApiClient, postJobs } from '../../test/support/api-client.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import { percentile, summarize } from '../../test/support/stats.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { startBelfry } from '../support/local-run.ts';
import { clearJobs, prepareDueExecutions } from '../support/prepare.ts';
import { DEPLOYED, startWorkerEnvironment } from '../support/worker-environment.ts';

/** Jobs that run each second. */
const RATES = [10, 100, 1_000];
/** After the first tick that follows their creation. */
const SETTLE_MS = 75_000;
const WINDOWS = 6;
const WINDOW_MS = 10_000;
const SAMPLE_EVERY_MS = 50;
/** The executions that measure the processor time of one job. */
const WARM_UP = 2_000;
const JOBS = 10_000;

export const environments: Scenario = {
  name: 'environments',
  title: 'worker environments that per-second jobs keep busy, in a local run',
  run: async (bench) => {
    const microsPerJob = await measureJob(bench);
    for (const rate of RATES) await measureRate(bench, rate, microsPerJob);
    bench.note(
      'an environment counts from the first execution that a run takes until the run ends; sampled each 50 ms',
    );
    bench.note('a local run has 10 worker environments at most');
  },
};

async function measureRate(bench: Bench, rate: number, microsPerJob: number): Promise<void> {
  const stage = await bench.services.openStage('environments');
  const target = await startProgram<TargetCalls>(
    new URL('../../test/support/counting-target.ts', import.meta.url),
  );
  const belfry = await startBelfry(stage);
  const client = openApiClient(belfry, 1);
  try {
    bench.progress(`${rate} jobs a second: waits ${(SETTLE_MS + WINDOWS * WINDOW_MS) / 1_000} s`);
    const api = await target.call('listen', undefined);
    await postJobs(
      client,
      Array.from({ length: rate }, (_, place) => postedJob(place, '* * * * * *', api)),
    );
    await sleep(SETTLE_MS);
    await target.call('collect', undefined);
    const windows: number[][] = [];
    for (let window = 0; window < WINDOWS; window++) windows.push(await sample(stage));
    const { requests, latenesses } = await target.call('collect', undefined);

    const jobs = (n: number) => n.toLocaleString('en-US');
    const means = windows.map((samples) => samples.reduce((sum, count) => sum + count, 0) / samples.length);
    const n = `${WINDOWS} times ${WINDOW_MS / 1_000} s`;
    bench.figure(`${jobs(rate)} jobs a second: environments busy, on average`, 'environments', n, means);
    bench.limit('by the processor time of these jobs', '% of one environment', jobs(JOBS), [
      (rate * microsPerJob) / 10_000,
    ]);
    bench.figure(`${jobs(rate)} jobs a second: environments busy, at most`, 'environments', n, [
      summarize(windows.flat()).max,
    ]);
    const sent = (requests * 1_000) / (WINDOWS * WINDOW_MS);
    bench.limit('requests that reached the target', 'requests/s', jobs(requests), [sent]);
    bench.limit('lateness, p99', 'ms', jobs(requests), [percentile(latenesses, 99)]);
  } finally {
    await client.close();
    await belfry.stop();
    await target.stop();
    await stage.close();
  }
}

/** Measures how many runs of the worker are under way, over one window. */
async function sample({ redis }: Stage): Promise<number[]> {
  const { workers } = makeKeys('belfry');
  const counts: number[] = [];
  const untilMs = performance.now() + WINDOW_MS;
  while (performance.now() < untilMs) {
    counts.push(await redis.zcard(workers));
    await sleep(SAMPLE_EVERY_MS);
  }
  return counts;
}

/** Measures the processor time of one environment for one job, in microseconds. */
async function measureJob(bench: Bench): Promise<number> {
  const stage = await bench.services.openStage('environments');
  const target = await startProgram<TargetCalls>(
    new URL('../../test/support/counting-target.ts', import.meta.url),
  );
  const worker = await startWorkerEnvironment(stage, DEPLOYED, []);
  try {
    const api = await target.call('listen', undefined);
    const execute = async (count: number): Promise<number> => {
      await prepareDueExecutions(stage, api, count);
      const { cpuMs } = await worker.wake();
      await clearJobs(stage);
      return (cpuMs * 1_000) / count;
    };
    await execute(WARM_UP);
    return await execute(JOBS);
  } finally {
    await worker.stop();
    await target.stop();
    await stage.close();
  }
}
