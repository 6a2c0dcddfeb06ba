// Breaks every part of a running Belfry, and checks its promises; `npm run chaos -- --help` describes the options.
import { randomInt } from 'node:crypto';
import { asksForHelp, CommandLineError, helpOf } from '../../local/commands/command-line.ts';
import { chaosCommand, readOptions, type Options } from './options.ts';
import { measureRecovery } from './recovery/recovery.ts';
import { describeMeasurements, describeRun, describeViolations } from './report.ts';
import { runChaos } from './run.ts';

const HELD = 0;
const BROKEN = 1;
const NOT_RUN = 2;

const startedMs = performance.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const report = (line: string): void =>
  say(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7)} s  ${line}`);

async function storm(options: Options): Promise<number> {
  say(`seed ${options.seed}; a tick every ${options.tickEveryMs / 1_000} s`);
  for (const lane of options.without) say(`without faults of ${lane}`);
  const result = await runChaos({ ...options, report });
  for (const line of describeRun(result)) say(line);
  for (const line of describeViolations(result, options.seed)) say(line);
  return result.violations.length === 0 ? HELD : BROKEN;
}

async function recovery({ tickEveryMs }: Options): Promise<number> {
  say(`a tick every ${tickEveryMs / 1_000} s`);
  const measured = await measureRecovery({ tickEveryMs, report });
  for (const line of describeMeasurements(measured)) say(line);
  return measured.every(({ holds }) => holds) ? HELD : BROKEN;
}

async function main(): Promise<number> {
  try {
    const args = process.argv.slice(2);
    if (asksForHelp(args)) {
      say(helpOf(chaosCommand));
      return HELD;
    }
    const options = readOptions(args, () => randomInt(1, 1_000_000));
    return await (options.kind === 'storm' ? storm(options) : recovery(options));
  } catch (error) {
    if (error instanceof CommandLineError) process.stderr.write(`${error.message}\n`);
    else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return NOT_RUN;
  }
}

process.exitCode = await main();
