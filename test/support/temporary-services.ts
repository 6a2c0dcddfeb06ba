import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataDir, openDataDir } from '../../local/data-dir/data-dir.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { startRedis } from '../../local/services/redis.ts';
import { type QueueSpec, startSqs } from '../../local/services/sqs.ts';
import { makeStops } from '../../local/stops.ts';
import { removeAbandoned } from './remove-abandoned.ts';
import { type RestartableServer, startRestartable } from './restartable-server.ts';

export type TemporaryServices = {
  dataDir: DataDir;
  postgres: RestartableServer;
  redis: RestartableServer;
  /** `queueUrls` has the URL of each of the wanted queues by name. */
  sqs: { url: string; queueUrls: Readonly<Record<string, string>> };
  urls: { postgres: string; redis: string; sqs: string };
  /** Adds a function that runs before the services stop. It must be safe to call twice. */
  atEnd: (stop: () => Promise<void>) => void;
  stop: () => Promise<void>;
};

/**
 * Starts the services of the local run in a directory that is removed with them, and removes the directories of killed runs.
 * Tests, benchmarks and chaos use them.
 *
 * @param options.prefix of the directory's name. `isDurable`: PostgreSQL waits for the disk at each commit.
 */
export async function startTemporaryServices(options: {
  prefix: string;
  isDurable: boolean;
  /** The parent of the directory. Default: the temporary directory of the operating system. */
  root?: string;
  maxConnections?: number;
  redisDatabases?: number;
  queues?: readonly QueueSpec[];
  report: (line: string) => void;
}): Promise<TemporaryServices> {
  const { prefix, isDurable, root = tmpdir(), maxConnections, redisDatabases, queues = [], report } = options;
  await removeAbandoned(prefix, root);
  const directory = await mkdtemp(join(root, prefix));
  // They stop in reverse order: the services, their data directory, the directory.
  const stops = makeStops();
  stops.add(() => rm(directory, { recursive: true, force: true }));
  // A run that is interrupted stops its services twice at the same time. Both have to wait until everything has stopped.
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stops.run(report));
  try {
    const dataDir = await openDataDir(directory);
    stops.add(dataDir.close);
    const shared = { dataDir, report, durable: isDurable };
    const starting = [
      startRestartable(() =>
        startPostgres({ ...shared, ...(maxConnections === undefined ? {} : { maxConnections }) }),
      ),
      startRestartable(() =>
        startRedis({ ...shared, ...(redisDatabases === undefined ? {} : { databases: redisDatabases }) }),
      ),
      startSqs({ queues }),
    ] as const;
    // A service that starts while another one fails must not be left running.
    for (const service of await Promise.allSettled(starting)) {
      if (service.status === 'fulfilled') stops.add(service.value.stop);
    }
    const [postgres, redis, sqs] = await Promise.all(starting);
    const urls = { postgres: postgres.url, redis: redis.url, sqs: sqs.url };
    return { dataDir, postgres, redis, sqs, urls, atEnd: stops.add, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
