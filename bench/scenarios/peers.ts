import { listContenders, type Contender } from '../peers/contenders.ts';
import { installPeers } from '../peers/install.ts';
import { reportRounds, type Round, type Run } from '../peers/report.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';
import { walPosition } from '../support/wal.ts';

const JOBS = 20_000;

/** V8 still compiles during the second and the third run of a process, at 20,000 jobs each. */
const RUNS = 4;

export const peers: Scenario = {
  name: 'peers',
  title: 'other job queues on the same work: one POST and one durable record a job',
  repetitions: 5,
  isOnlyByName: true,
  run: async (bench) => {
    const installed = await installPeers(bench.progress);
    if ('missing' in installed.river) bench.note(`River is left out: ${installed.river.missing}`);
    const contenders = listContenders(installed);
    const { repetitions, jobs = JOBS } = bench.options;
    const rounds = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
    const target = await startProgram<TargetCalls>(
      new URL('../../test/support/counting-target.ts', import.meta.url),
    );
    try {
      const url = await target.call('listen', undefined);
      const collect = () => target.call('collect', undefined);
      for (let round = 0; round < repetitions; round++) {
        for (const contender of rotate(contenders, round)) {
          bench.progress(`round ${round + 1} of ${repetitions}: ${contender.name}`);
          rounds.get(contender)?.push(await measureRound(bench, contender, { jobs, target: url, collect }));
        }
      }
    } finally {
      await target.stop();
    }
    reportRounds(bench, rounds, jobs);
  },
};

/** The contenders take turns in beginning a round, so that none always runs after the same one. */
function rotate<T>(all: readonly T[], by: number): T[] {
  const from = by % all.length;
  return [...all.slice(from), ...all.slice(0, from)];
}

type Work = { jobs: number; target: string; collect: () => Promise<ReturnType<TargetCalls['collect']>> };

/** Runs all jobs `RUNS` times, with a new database, an empty Redis and a new process. */
async function measureRound(bench: Bench, contender: Contender, work: Work): Promise<Round> {
  const { jobs, target } = work;
  const stage = await bench.services.openStage('peers');
  const worker = await contender.start(stage, target);
  const run = async (first: number): Promise<Run> => {
    await contender.enqueue(stage, target, first, jobs);
    // Autovacuum would do the same. A checkpoint now avoids one during only some of the runs.
    await stage.pool.query('vacuum (analyze)');
    await stage.pool.query('checkpoint');
    const walBefore = await walPosition(stage.pool);
    const { wallMs, cpuMs } = await worker.work(jobs);
    const walBytes = ((await walPosition(stage.pool)) - walBefore) / jobs;
    await check(stage, contender, work, first + jobs - 1);
    return { cpuMicros: (cpuMs * 1_000) / jobs, rate: jobs / (wallMs / 1_000), walBytes };
  };
  try {
    const runs: Round = [];
    for (let index = 0; index < RUNS; index++) runs.push(await run(index * jobs + 1));
    return runs;
  } finally {
    await worker.stop();
    await stage.close();
  }
}

/** @throws Error unless each job of the run reached the target once and has its record. */
async function check(
  { pool }: Stage,
  contender: Contender,
  { jobs, collect }: Work,
  records: number,
): Promise<void> {
  const { requests, executions, repeated } = await collect();
  const { rows } = await pool.query<{ count: number }>(contender.countRecords);
  if (requests === jobs && executions === jobs && rows[0]?.count === records) return;
  throw new Error(
    `${contender.name}: ${executions} of ${jobs} jobs reached the target, ${repeated} more than once; ` +
      `${rows[0]?.count} of ${records} records are there`,
  );
}
