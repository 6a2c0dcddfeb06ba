import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDir } from '../../local/data-dir.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { startRedis } from '../../local/services/redis.ts';
import { startSqs } from '../../local/services/sqs.ts';
import { removeAbandoned } from './remove-abandoned.ts';

export type TemporaryServices = {
  directory: string;
  urls: { postgres: string; redis: string; sqs: string };
  /** Has something stopped before the services; to stop it twice must do no harm. */
  atEnd: (stop: () => Promise<void>) => void;
  stop: () => Promise<void>;
};

/**
 * Starts the services of the local run in a directory that goes with them, and removes what a killed run has left behind.
 *
 * @param options.prefix of the directory's name. `isDurable`: PostgreSQL waits for the disk at each commit.
 */
export async function startTemporaryServices(options: {
  prefix: string;
  isDurable: boolean;
  redisDatabases?: number;
  report: (line: string) => void;
}): Promise<TemporaryServices> {
  const { prefix, isDurable, redisDatabases, report } = options;
  await removeAbandoned(prefix);
  const directory = await mkdtemp(join(tmpdir(), prefix));
  const started: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    // The last started first: the services, their data directory, the directory.
    for (const end of started.splice(0).toReversed()) await end();
  };
  try {
    const dataDir = await openDataDir(directory);
    started.push(dataDir.close);
    const shared = { dataDir, report, durable: isDurable };
    const starting = [
      startPostgres(shared),
      startRedis({ ...shared, ...(redisDatabases === undefined ? {} : { databases: redisDatabases }) }),
      startSqs({ queues: [] }),
    ] as const;
    // A service that starts while another one fails must not be left running.
    for (const service of await Promise.allSettled(starting)) {
      if (service.status === 'fulfilled') started.push(service.value.stop);
    }
    const [postgres, redis, sqs] = await Promise.all(starting);
    const urls = { postgres: postgres.url, redis: redis.url, sqs: sqs.url };
    return { directory, urls, atEnd: (end) => void started.push(end), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
