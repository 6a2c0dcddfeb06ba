import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalRunError } from '../../../local/data-dir/data-dir.ts';
import { makeConsole } from '../../../local/console.ts';
import { makeStops } from '../../../local/stops.ts';
import { bootstrap, deploy } from '../support/deploy.ts';
import { startEnvironment } from '../support/environment.ts';
import { CannotInstallError } from '../../../scripts/support/install-python.ts';
import { listResources } from '../support/inventory.ts';
import { type E2eEmulator, readE2eSettings } from '../support/settings.ts';
import { STACK_FILE, type Stack } from '../support/stack.ts';
import { readE2eCommandLine } from './read-e2e-command-line.ts';
import { REPORT_FILE } from './run-suites.ts';

const repository = join(import.meta.dirname, '..', '..', '..');

const screen = makeConsole();
const stops = makeStops();
let tests: ChildProcess | undefined;
let ending: Promise<never> | undefined;

async function step<T>(name: string, work: Promise<T>): Promise<T> {
  const done = screen.time(name);
  const result = await work;
  done('');
  return result;
}

async function deployAndTest(emulator: E2eEmulator, vitestArgs: readonly string[]): Promise<number> {
  const settings = readE2eSettings(process.env, emulator);
  const environment = await startEnvironment(settings, {
    onStop: (stop) => stops.add(async () => void (await stop())),
    step,
    report: screen.progress,
  });
  const { emulator: found, ...given } = environment;
  const { name, version, limits } = found;
  const { endpoint, databaseUrl, redisUrl, workDir } = given;
  screen.progress(`deploying to ${[name, version].join(' ').trimEnd()} at ${endpoint}`);
  const cdk = { endpoint, workDir, cwd: repository };
  await step('bootstrap', bootstrap(cdk));
  const before = await listResources(endpoint);
  const { tick, targetHost, allowedNetworks } = settings;
  const outputs = await step('deploy', deploy({ databaseUrl, redisUrl, tick, allowedNetworks }, cdk));
  const stack: Stack = { ...given, targetHost, tick, allowedNetworks, limits, before, outputs };
  const stackFile = join(workDir, 'stack.json');
  await writeFile(stackFile, JSON.stringify(stack));
  return step('tests', runTests(vitestArgs, { AWS_ENDPOINT_URL: endpoint, [STACK_FILE]: stackFile }));
}

async function runTests(vitestArgs: readonly string[], env: Record<string, string>): Promise<number> {
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const reportFile = process.env[REPORT_FILE];
  const reporters =
    reportFile === undefined
      ? []
      : ['--reporter=verbose', '--reporter=json', `--outputFile.json=${reportFile}`];
  tests = spawn(process.execPath, [vitest, 'run', '--project', 'aws*', ...reporters, ...vitestArgs], {
    cwd: repository,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    // A separate process group for the processes of the tests, so that Ctrl-C reaches them only through this process.
    detached: true,
  });
  const [code] = await once(tests, 'close');
  return typeof code === 'number' ? code : 1;
}

/** Stops what was started, the last first, then ends the process. */
function end(exitCode: number): Promise<never> {
  return (ending ??= (async () => {
    if (tests?.pid !== undefined && tests.exitCode === null && tests.signalCode === null) {
      process.kill(-tests.pid, 'SIGTERM');
      await once(tests, 'close');
    }
    await stops.run(screen.complain);
    process.exit(exitCode);
  })());
}

/**
 * Deploys the stack to an emulator and runs the suite there. Ends the process. Its arguments, except `--if-possible`, are
 * passed on to vitest.
 *
 * @param name as people call it, such as `e2e:aws`.
 * @param details what the help says about this emulator.
 */
export async function runE2e(name: string, emulator: E2eEmulator, details: readonly string[]): Promise<void> {
  const does =
    'Deploys the AWS stack to an emulator on this machine, without Docker, and runs the tests of test/aws there.';
  const { ifPossible, vitestArgs } = readE2eCommandLine(name, { does, details });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(1));
  try {
    await end(await deployAndTest(emulator, vitestArgs));
  } catch (error) {
    // Failures that our own stopping causes are not reported.
    if (ending !== undefined) await ending;
    if (error instanceof CannotInstallError && ifPossible) {
      screen.say(`${name} did not run: ${error.message}`);
      await end(0);
    }
    const isPlain = error instanceof LocalRunError || error instanceof CannotInstallError;
    screen.complain(error instanceof Error ? (!isPlain && error.stack) || error.message : String(error));
    await end(1);
  }
}
