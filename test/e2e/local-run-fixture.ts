import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { openDataDir } from '../../local/data-dir/data-dir.ts';
import { makeStops } from '../../local/stops.ts';
import {
  endLocal,
  type LocalProcess,
  runLocal,
  type RunningBelfry,
  startLocalRun,
} from '../support/local-process.ts';

export const TEST_TIMEOUT_MS = 90_000;

const stops = makeStops();
export const atEnd = stops.add;

// A stop that fails must not keep the next ones from ending their processes.
afterEach(async () => {
  const failures: string[] = [];
  await stops.run((line) => failures.push(line));
  expect(failures).toEqual([]);
}, 60_000);

export async function makeDataDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-local-run-'));
  atEnd(async () => {
    // Ends the processes that a killed run left behind.
    await (await openDataDir(directory)).close();
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

export async function stop(running: LocalProcess): Promise<number | NodeJS.Signals | null> {
  running.child.kill('SIGINT');
  return running.ended;
}

// On a busy machine, a test may time out while a process starts. So each process is ended from its first moment on.
export const start = (dataDir: string, env?: Record<string, string>): Promise<RunningBelfry> =>
  startLocalRun(dataDir, env, (started) => atEnd(() => endLocal(started)));

export function run(...args: Parameters<typeof runLocal>): LocalProcess {
  const started = runLocal(...args);
  atEnd(() => endLocal(started));
  return started;
}
