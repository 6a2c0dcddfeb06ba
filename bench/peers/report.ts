import { summarize } from '../../test/support/stats.ts';
import type { Bench } from '../support/figures.ts';
import type { Contender } from './contenders.ts';

/** One run of one contender over all the jobs. */
export type Run = { cpuMicros: number; rate: number; walBytes: number };
/** The runs of one process, one after the other. The first one is cold, the last one is warm: its code is compiled. */
export type Round = Run[];

/** Adds two figures for each contender, and a table of all contenders with their ratios to Belfry, the first one. */
export function reportRounds(bench: Bench, rounds: Map<Contender, Round[]>, jobs: number): void {
  const n = jobs.toLocaleString('en-US');
  const median = (values: readonly number[]) => summarize(values).median;
  const [own = []] = rounds.values();
  const cell = (value: number, digits = 0) =>
    value.toLocaleString('en-US', { maximumFractionDigits: digits });
  const lines = [
    '| warm | µs/job | of Belfry | jobs/s | of Belfry | WAL bytes/job | µs/job by run | jobs/s by run |',
  ];
  lines.push('|---|---:|---:|---:|---:|---:|---|---|');
  for (const [{ name }, measured] of rounds) {
    const numbers = [...(measured[0]?.keys() ?? [])];
    const inRun = (number: number, pick: (run: Run) => number) =>
      measured.flatMap((round) => round.slice(number, number + 1)).map(pick);
    const cold = (pick: (run: Run) => number) => inRun(0, pick);
    const warm = (pick: (run: Run) => number) => inRun(numbers.length - 1, pick);
    // The ratio is computed within each round, because the machine's speed changes between rounds.
    const ratio = (pick: (run: Run) => number) => {
      const ofBelfry = own.flatMap((round) => round.slice(-1)).map(pick);
      return median(warm(pick).map((value, round) => value / (ofBelfry[round] ?? value)));
    };
    const byRun = (pick: (run: Run) => number) =>
      numbers.map((number) => cell(median(inRun(number, pick)))).join(', ');
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
        byRun(cpu),
        byRun(rate),
      ].join(' | ')} |`,
    );
  }
  for (const [{ name, record }] of rounds) bench.note(`${name}: the durable record is ${record}`);
  bench.note('checked after each run: every job reached the target once and has its record');
  for (const line of lines) bench.note(line);
}
