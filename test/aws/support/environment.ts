import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataDir, openDataDir } from '../../../local/data-dir/data-dir.ts';
import { openCacheDir } from '../../../local/services/cache-dir.ts';
import { startPostgres } from '../../../local/services/postgres.ts';
import { startRedis } from '../../../local/services/redis.ts';
import type { E2eSettings } from './settings.ts';
import { checkPort, findFreePort } from './emulator-process.ts';
import { type Emulator, identifyEmulator } from './emulators.ts';
import { installEmulator } from './install-emulator.ts';
import { startLocalStack } from './start-localstack.ts';
import { startMiniStack } from './start-ministack.ts';

type Steps = {
  onStop: (stop: () => Promise<unknown>) => void;
  step: <T>(name: string, work: Promise<T>) => Promise<T>;
  report: (line: string) => void;
};

export type E2eEnvironment = {
  endpoint: string;
  emulator: Emulator;
  databaseUrl: string;
  redisUrl: string;
  workDir: string;
};

/** Belongs to the test suite, so that it removes the leftovers of a run that was killed. */
const PREFIX = 'belfry-test-aws-';

/**
 * The emulator and the services for the stack. Each is started here, or is the user's. The caller runs the functions that
 * were passed to `onStop`, the last one first, also after an error.
 */
export async function startEnvironment(settings: E2eSettings, steps: Steps): Promise<E2eEnvironment> {
  const { onStop, step } = steps;
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  onStop(() => rm(directory, { recursive: true, force: true }));
  const dataDir = await openDataDir(directory);
  onStop(dataDir.close);
  const options = { dataDir, report: steps.report, durable: false };

  const start = async (service: Promise<{ url: string; stop: () => Promise<void> }>): Promise<string> => {
    const { url, stop } = await service;
    onStop(stop);
    return url;
  };
  // They start one after the other, because after a failure of one, others that start at the same time would keep running.
  const endpoint = settings.endpoint ?? (await start(startEmulator(settings, dataDir, steps)));
  const emulator = await identifyEmulator(endpoint);
  const databaseUrl = settings.databaseUrl ?? (await start(step('PostgreSQL', startPostgres(options))));
  const redisUrl = settings.redisUrl ?? (await start(step('Redis', startRedis(options))));

  const workDir = join(directory, 'cdk');
  await mkdir(workDir);
  return { endpoint, emulator, databaseUrl, redisUrl, workDir };
}

async function startEmulator({ emulator, port }: E2eSettings, dataDir: DataDir, { step, report }: Steps) {
  if (port !== undefined) await checkPort(port);
  const { python } = await installEmulator(emulator, { cacheDir: await openCacheDir(dataDir), report });
  const start =
    emulator === 'ministack'
      ? startMiniStack({ python, dataDir })
      : startLocalStack({ python, dataDir, port: port ?? (await findFreePort()) });
  return step('emulator', start);
}
