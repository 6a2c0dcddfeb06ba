import { listContenders, type Contender } from '../peers/contenders.ts';
import { installPeers } from '../peers/install.ts';
import type { Took } from '../peers/peer.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import { summarize } from '../../test/support/stats.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';

const JOBS = 20_000;

/** One run of one contender over all the jobs. */
type Run = { cpuMicros: number; rate: number; walBytes: number };
/** In a round: its process' first run, and the second, by when its code is compiled. */
type Round = { cold: Run; warm: Run };

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
    report(bench, rounds, jobs);
  },
};

/** Each begins a round in turn, so that none always runs after the same other. */
function rotate<T>(all: readonly T[], by: number): T[] {
  const from = by % all.length;
  return [...all.slice(from), ...all.slice(0, from)];
}

type Work = { jobs: number; target: string; collect: () => Promise<ReturnType<TargetCalls['collect']>> };

/** A new database, an empty Redis and a new process; then all the jobs twice. */
async function measureRound(bench: Bench, contender: Contender, work: Work): Promise<Round> {
  const { jobs, target } = work;
  const stage = await bench.services.openStage('peers');
  const worker = await contender.start(stage, target);
  const run = async (first: number): Promise<Run> => {
    await contender.enqueue(stage, target, first, jobs);
    // As autovacuum would have it, and so that no checkpoint falls into one run and not into another.
    await stage.pool.query('vacuum (analyze)');
    await stage.pool.query('checkpoint');
    const walBefore = await walPosition(stage);
    const { wallMs, cpuMs }: Took = await worker.work(jobs);
    const walBytes = ((await walPosition(stage)) - walBefore) / jobs;
    await check(stage, contender, work, first + jobs - 1);
    return { cpuMicros: (cpuMs * 1_000) / jobs, rate: jobs / (wallMs / 1_000), walBytes };
  };
  try {
    const cold = await run(1);
    return { cold, warm: await run(jobs + 1) };
  } finally {
    await worker.stop();
    await stage.close();
  }
}

async function walPosition({ pool }: Stage): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    /* sql */ `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`,
  );
  return Number(rows[0]?.bytes);
}

/** @throws Error when not each job of the run reached the target once, or a record is missing. */
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

function report(bench: Bench, rounds: Map<Contender, Round[]>, jobs: number): void {
  const n = jobs.toLocaleString('en-US');
  const median = (values: readonly number[]) => summarize(values).median;
  const [own = []] = rounds.values();
  const cell = (value: number, digits = 0) =>
    value.toLocaleString('en-US', { maximumFractionDigits: digits });
  const lines = [
    '| warm | µs/job | of Belfry | jobs/s | of Belfry | WAL bytes/job | cold µs/job | cold jobs/s |',
  ];
  lines.push('|---|---:|---:|---:|---:|---:|---:|---:|');
  for (const [{ name }, runs] of rounds) {
    const warm = (pick: (run: Run) => number) => runs.map((round) => pick(round.warm));
    const cold = (pick: (run: Run) => number) => runs.map((round) => pick(round.cold));
    // Round by round, since the machine's speed changes from round to round.
    const ratio = (pick: (run: Run) => number) =>
      median(runs.map((round, index) => pick(round.warm) / pick(own[index]?.warm ?? round.warm)));
    const cpu = ({ cpuMicros }: Run) => cpuMicros;
    const rate = (run: Run) => run.rate;
    bench.figure(`${name}: processor time`, 'µs/job', n, warm(cpu));
    bench.figure(`${name}: rate`, 'jobs/s', n, warm(rate));
    bench.limit('the first run of its process: processor time', 'µs/job', n, cold(cpu));
    bench.limit('the first run of its process: rate', 'jobs/s', n, cold(rate));
    bench.limit(
      'WAL that the run wrote',
      'bytes/job',
      n,
      warm(({ walBytes }) => walBytes),
    );
    lines.push(
      `| ${[
        name,
        cell(median(warm(cpu))),
        cell(ratio(cpu), 2),
        cell(median(warm(rate))),
        cell(ratio(rate), 2),
        cell(median(warm(({ walBytes }) => walBytes))),
        cell(median(cold(cpu))),
        cell(median(cold(rate))),
      ].join(' | ')} |`,
    );
  }
  for (const [{ name, record }] of rounds) bench.note(`${name}: the durable record is ${record}`);
  bench.note('checked after each run: every job reached the target once and has its record');
  for (const line of lines) bench.note(line);
}
