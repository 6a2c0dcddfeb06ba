import type { RunFile } from '../../local/data-dir/run-file.ts';
import { endLocal, runLocal, untilReady } from '../../test/support/local-process.ts';
import type { Stage } from '../../test/support/services.ts';

export type RunningBelfry = Pick<RunFile, 'address' | 'apiKey'> & { stop: () => Promise<void> };

/** Runs `npm start` in a separate process, on the stage's PostgreSQL and Redis: gateway, functions, SQS emulator, ticks. */
export async function startBelfry(stage: Stage): Promise<RunningBelfry> {
  const dataDir = await stage.makeDirectory('run');
  const env = {
    PORT: '0',
    BELFRY_DATA_DIR: dataDir,
    DATABASE_URL: stage.databaseUrl,
    REDIS_URL: stage.redisUrl,
    // The limiter counts as usual, but its limits are never reached.
    BELFRY_RATE_LIMIT_PER_SECOND: '100000',
    BELFRY_RATE_LIMIT_BURST: '200000',
  };
  const started = runLocal('main.ts', env, { isDetached: true });
  const stop = (): Promise<void> => endLocal(started);
  stage.atEnd(stop);
  return { ...(await untilReady(started, dataDir)), stop };
}
