import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readRunFile, type RunFile } from '../../local/run-file.ts';
import type { Stage } from '../../test/support/services.ts';

export type RunningBelfry = RunFile & { stop: () => Promise<void> };

const MAIN = fileURLToPath(new URL('../../local/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** `npm start` in a process of its own, on the stage's PostgreSQL and Redis: gateway, functions, SQS emulator, ticks. */
export async function startBelfry(stage: Stage): Promise<RunningBelfry> {
  const dataDir = await stage.makeDirectory('run');
  const child = spawn(process.execPath, [MAIN], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: '0',
      BELFRY_DATA_DIR: dataDir,
      DATABASE_URL: stage.databaseUrl,
      REDIS_URL: stage.redisUrl,
      // Counted as ever, and never in the way.
      BELFRY_RATE_LIMIT_PER_SECOND: '100000',
      BELFRY_RATE_LIMIT_BURST: '200000',
    },
  });
  const gone = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await gone;
  };
  stage.atEnd(stop);

  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    const run = await readRunFile(dataDir);
    if (run !== undefined) return { ...run, stop };
    await sleep(50);
  }
  await stop();
  throw new Error('the local run did not start');
}
