import { setTimeout as sleep } from 'node:timers/promises';
import { LocalRunError } from './data-dir/data-dir.ts';
import { makeConsole } from './console.ts';
import { InvocationError } from './environments/environment.ts';
import { help, wantsHelp } from './help.ts';
import { startLocalRun } from './run.ts';
import { readLocalSettings } from './settings.ts';
import { makeStops } from './stops.ts';

/** The program of `npm start`. */

/** Timeout of the stop. PostgreSQL's last checkpoint takes the longest. Children that still run afterwards get a signal. */
const STOP_TIMEOUT_MS = 25_000;

const screen = makeConsole();
const stops = makeStops();
const stopping = new AbortController();
let ending: Promise<never> | undefined;

/** Stops everything, then ends the process. It does not wait for open polls or sockets. */
function end(exitCode: number): Promise<never> {
  return (ending ??= (async () => {
    stopping.abort();
    await Promise.race([stops.run(screen.complain), sleep(STOP_TIMEOUT_MS)]);
    if (exitCode === 0) screen.say('Stopped.');
    process.exit(exitCode);
  })());
}

/** One Ctrl-C arrives twice: from the terminal, which signals all processes, and from npm, which forwards it. */
const SAME_PRESS_MS = 300;
let firstSignalMs: number | undefined;

function onSignal(): void {
  if (firstSignalMs !== undefined && performance.now() - firstSignalMs < SAME_PRESS_MS) return;
  firstSignalMs ??= performance.now();
  if (ending !== undefined) {
    screen.say('Stopped by force.');
    process.exit(1);
  }
  screen.say('\nStopping … (press Ctrl-C again to force it)');
  void end(0);
}

function fail(error: unknown): void {
  if (ending !== undefined) return;
  const isPlain = error instanceof LocalRunError || error instanceof InvocationError;
  for (const text of isPlain ? error.message.split('\n') : [describe(error)]) screen.complain(text);
  void end(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

try {
  if (wantsHelp(process.argv.slice(2))) {
    process.stdout.write(help);
    process.exit(0);
  }
  const run = await startLocalRun({
    settings: readLocalSettings(process.env),
    signal: stopping.signal,
    onStop: stops.add,
    step: async (name, work, outcome) => {
      const timing = screen.time(name);
      const result = await work;
      if (!stopping.signal.aborted) timing(outcome?.(result) ?? '');
      return result;
    },
    progress: screen.progress,
    report: screen.complain,
  });
  screen.welcome(run);
  run.died.then(
    (line) => fail(new LocalRunError(line)),
    (error: unknown) => fail(error),
  );
} catch (error) {
  fail(error);
}
