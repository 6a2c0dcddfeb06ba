import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeConsole } from '../../../local/console.ts';
import { type DataDir, LocalRunError, openDataDir } from '../../../local/data-dir/data-dir.ts';
import { openCacheDir } from '../../../local/services/cache-dir.ts';
import { makeStops } from '../../../local/stops.ts';
import { installEmulator } from '../support/install-emulator.ts';
import { readE2eSettings, type E2eEmulator } from '../support/settings.ts';
import { type Stores, startSharedStores } from '../support/shared-stores.ts';
import { readE2eCommandLine } from './read-e2e-command-line.ts';
import { CannotInstallError } from '../../../scripts/support/install-python.ts';
import { describeResult, isSuccess, type RunningSuite, startSuite, type SuiteResult } from './run-suites.ts';

type E2eSuite = { name: string; emulator: E2eEmulator; script: string };

const suites: E2eSuite[] = [
  { name: 'MiniStack', emulator: 'ministack', script: 'ministack.ts' },
  { name: 'LocalStack', emulator: 'localstack', script: 'localstack.ts' },
];
const NAME_WIDTH = Math.max(...suites.map(({ name }) => name.length));
/** The prefix of the directories of the test suite, so that the suite removes the directories of a killed run. */
const PREFIX = 'belfry-test-e2e-';

const screen = makeConsole();
const stops = makeStops();
let ending: Promise<never> | undefined;

/** Runs the suite on each emulator that can be installed. A suite that fails does not end the other. */
async function testOnEach(vitestArgs: readonly string[]): Promise<SuiteResult[]> {
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  stops.add(() => rm(directory, { recursive: true, force: true }));
  const dataDir = await openDataDir(directory);
  stops.add(dataDir.close);
  const reasons = await Promise.all(suites.map((suite) => whyNotRunnable(suite, dataDir)));
  const names = suites.filter((_, index) => reasons[index] === undefined).map(({ emulator }) => emulator);
  for (const name of ['DATABASE_URL', 'REDIS_URL'].filter((given) => process.env[given])) {
    screen.progress(`${name} is not used: each suite gets a database of its own`);
  }
  const stores = await startSharedStores(names, {
    dataDir,
    report: screen.progress,
    onStop: (stop) => stops.add(stop),
  });
  const results = suites.map(async (suite, index): Promise<SuiteResult> => {
    const given = stores.get(suite.emulator);
    return given === undefined
      ? { kind: 'did not run', reason: reasons[index] ?? '' }
      : test(suite, given, { directory, vitestArgs }).result;
  });
  return Promise.all(results);
}

/** Undefined when the emulator is installed, or given. The first run installs it. */
async function whyNotRunnable({ emulator }: E2eSuite, dataDir: DataDir): Promise<string | undefined> {
  if (readE2eSettings(process.env, emulator).endpoint !== undefined) return undefined;
  try {
    await installEmulator(emulator, { cacheDir: await openCacheDir(dataDir), report: screen.progress });
    return undefined;
  } catch (error) {
    if (error instanceof CannotInstallError) return error.message;
    throw error;
  }
}

function test(
  { name, script }: E2eSuite,
  { databaseUrl, redisUrl }: Stores,
  { directory, vitestArgs }: { directory: string; vitestArgs: readonly string[] },
): RunningSuite {
  const reportFile = join(directory, `${name}.json`);
  const suite = startSuite(
    {
      name: name.padEnd(NAME_WIDTH),
      args: [join(import.meta.dirname, script), ...vitestArgs],
      env: { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl },
      reportFile,
    },
    screen.say,
  );
  stops.add(suite.stop);
  return suite;
}

/** Stops what was started, the last first, then ends the process. */
function end(exitCode: number): Promise<never> {
  return (ending ??= (async () => {
    await stops.run(screen.complain);
    process.exit(exitCode);
  })());
}

/** Runs the suite on every emulator at the same time, says how each ended, and ends the process. */
export async function runBothE2e(): Promise<void> {
  const { ifPossible, vitestArgs } = readE2eCommandLine('e2e', {
    does: 'Deploys the AWS stack to MiniStack and to LocalStack at the same time, and runs the tests of test/aws there.',
    details: [
      'Starts one PostgreSQL and one Redis for both. An emulator that runs already is used instead of one of its own:',
      'AWS_ENDPOINT_URL=… LOCALSTACK_ENDPOINT=… npm run e2e',
    ],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(1));
  try {
    const results = await testOnEach(vitestArgs);
    if (ending !== undefined) await ending;
    suites.forEach(({ name }, index) => {
      const result = results[index];
      if (result !== undefined) screen.say(describeResult(name, result));
    });
    await end(results.every((result) => isSuccess(result, { ifPossible })) ? 0 : 1);
  } catch (error) {
    // Failures that our own stopping causes are not reported.
    if (ending !== undefined) await ending;
    screen.complain(
      error instanceof Error
        ? (!(error instanceof LocalRunError) && error.stack) || error.message
        : String(error),
    );
    await end(1);
  }
}
