import type { Bench, Scenario } from '../support/figures.ts';
import { clearJobs, prepareDueExecutions } from '../support/prepare.ts';
import { topSelfTimes } from '../support/profile.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import { repeat } from '../../test/support/stats.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';
import { DEFAULT, DEPLOYED, startWorkerEnvironment, type Memory } from '../support/worker-environment.ts';
import { measureClient, measureDatabase, measureQueue } from '../support/worker-limits.ts';

const EXECUTIONS = 20_000;
const WARM_UP = 2_000;
/** The number of times that each environment runs all executions. */
const RUNS = 3;
const ALL_RUNS = (WARM_UP + RUNS * EXECUTIONS).toLocaleString('en-US');

export const worker: Scenario = {
  name: 'worker',
  title: 'one worker environment executes due jobs: a POST each, and durable history',
  run: async (bench) => {
    const stage = await bench.services.openStage('worker');
    const target = await startProgram<TargetCalls>(
      new URL('../../test/support/counting-target.ts', import.meta.url),
    );
    try {
      const api = await target.call('listen', undefined);
      const n = EXECUTIONS.toLocaleString('en-US');
      const { repetitions } = bench.options;

      const setting = { stage, api, collect: () => target.call('collect', undefined) };
      const deployed = await measureEnvironments(bench, { ...setting, memory: DEPLOYED });
      bench.figure('executed by one worker environment', 'jobs/s', n, deployed.rates, { atLeast: 6_000 });
      bench.progress('the parts alone: HTTP client, PostgreSQL, Redis');
      const client = await repeat(repetitions, () => measureClient(api, EXECUTIONS));
      bench.limit('the HTTP client alone, 100 in flight', 'requests/s', n, client);
      const database = await repeat(repetitions, () => measureDatabase(stage, api, EXECUTIONS));
      bench.limit('PostgreSQL alone: claim and record by 100', 'executions/s', n, database);
      const queue = await repeat(repetitions, () => measureQueue(stage, api, EXECUTIONS));
      bench.limit('Redis alone: take and settle by 100', 'executions/s', n, queue);
      bench.figure('processor time of the environment', 'µs/job', n, deployed.cpu);
      bench.figure('peak memory of an environment (RSS)', 'MB', ALL_RUNS, deployed.peakRssMb, {
        atMost: 256,
      });
      bench.figure('the first after a cold start', 'jobs/s', WARM_UP.toLocaleString('en-US'), deployed.cold);
      if (bench.options.isProfiled) return;
      await setting.collect();
      const plain = await measureEnvironments(bench, { ...setting, memory: DEFAULT });
      bench.limit("with Node's own heap settings: peak memory", 'MB', ALL_RUNS, plain.peakRssMb);
      bench.limit("with Node's own heap settings: executed", 'jobs/s', n, plain.rates);
      bench.note('checked after each run: every execution reached the target once and ended SUCCESS');
    } finally {
      await target.stop();
      await stage.close();
    }
  },
};

type Setting = {
  stage: Stage;
  api: string;
  collect: () => Promise<ReturnType<TargetCalls['collect']>>;
  memory: Memory;
};

type Measured = { rates: number[]; cpu: number[]; cold: number[]; peakRssMb: number[] };

/** One environment after the other, each from its cold start. */
async function measureEnvironments(bench: Bench, setting: Setting): Promise<Measured> {
  const measured: Measured = { rates: [], cpu: [], cold: [], peakRssMb: [] };
  const environments = bench.options.isProfiled ? 1 : bench.options.repetitions;
  for (let environment = 1; environment <= environments; environment++) {
    bench.progress(`heap settings: ${setting.memory.name}, environment ${environment} of ${environments}`);
    await measureEnvironment(bench, setting, measured);
  }
  return measured;
}

async function measureEnvironment(bench: Bench, setting: Setting, measured: Measured): Promise<void> {
  const { stage, api, memory } = setting;
  const { isProfiled } = bench.options;
  const profileDir = await stage.makeDirectory('profile');
  const profiling = isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
  const environment = await startWorkerEnvironment(stage, memory, profiling);
  const execute = async (count: number) => {
    await prepareDueExecutions(stage, api, count);
    const run = await environment.wake();
    await check(setting, count);
    return { ...run, rate: count / (run.durationMs / 1_000) };
  };
  try {
    const cold = await execute(WARM_UP);
    measured.cold.push(cold.rate);
    for (let run = 1; run <= RUNS; run++) {
      const { rate, cpuMs, peakRssMb } = await execute(EXECUTIONS);
      measured.rates.push(rate);
      measured.cpu.push((cpuMs * 1_000) / EXECUTIONS);
      if (run === RUNS) measured.peakRssMb.push(peakRssMb);
    }
  } finally {
    await environment.stop();
  }
  if (!isProfiled) return;
  bench.note('self time in the worker environment, of all it was busy:');
  for (const line of await topSelfTimes(profileDir, 40)) bench.note(line);
}

/** Removes the executions. @throws Error unless each of them reached the target once and is a SUCCESS. */
async function check({ stage, collect }: Setting, expected: number): Promise<void> {
  const { requests, executions, repeated } = await collect();
  const { rows } = await stage.pool.query<{ status: string; count: number }>(
    'select status, count(*) as count from job_executions group by status',
  );
  const statuses = rows.map(({ status, count }) => `${count} ${status}`).join(', ');
  if (requests !== expected || executions !== expected || statuses !== `${expected} SUCCESS`) {
    throw new Error(
      `of ${expected} executions ${executions} reached the target, ${repeated} more than once; ${statuses}`,
    );
  }
  await clearJobs(stage);
}
