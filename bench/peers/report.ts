import { summarize } from '../../test/support/stats.ts';
import type { Bench } from '../support/figures.ts';
import type { Contender } from './contenders.ts';

/** One run of one contender over all the jobs. */
export type Run = { cpuMicros: number; rate: number; walBytes: number };
/** The number of the run in its round: the first run of the process, or the second, with compiled code. */
export type Round = { cold: Run; warm: Run };

/** Adds two figures for each contender, and a table of all contenders with their ratios to Belfry, the first one. */
export function reportRounds(bench: Bench, rounds: Map<Contender, Round[]>, jobs: number): void {
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
    // The ratio is computed within each round, because the machine's speed changes between rounds.
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
