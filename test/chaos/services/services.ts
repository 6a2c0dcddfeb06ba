import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataDir } from '../../../local/data-dir.ts';
import { openDataDir } from '../../../local/data-dir.ts';
import { wakeUpQueueSpec } from '../../../local/services.ts';
import type { ChildService } from '../../../local/services/child.ts';
import { startPostgres } from '../../../local/services/postgres.ts';
import { startRedis } from '../../../local/services/redis.ts';
import { startSqs } from '../../../local/services/sqs.ts';
import { makeStops } from '../../../local/stops.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { wakeUpQueue } from '../../../lib/topology.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { freeze, signal, thaw } from './processes.ts';

/** A server that can be killed, frozen and started again at the same address. */
export type Server = {
  url: string;
  pid: () => number;
  freeze: () => void;
  thaw: () => void;
  /** Kills the server with -9 and starts it again; `between` runs while the server is away. */
  restart: (between?: () => Promise<void>) => Promise<void>;
  stop: () => Promise<void>;
};

export type Services = {
  directory: string;
  postgres: Server;
  redis: Server & {
    flush: () => Promise<void>;
    /** Makes Redis serve no command for `forMs`; resolves when it serves again. */
    pause: (forMs: number) => Promise<void>;
    /** Saves a copy of Redis's data. */
    copyData: () => Promise<void>;
    /** Starts Redis again on the saved copy; later writes are lost. Returns the copy's age in milliseconds. */
    failOver: () => Promise<number>;
  };
  sqs: { url: string; queueUrl: string; proxy: TcpProxy };
  stop: () => Promise<void>;
};

/** More than the functions and the harness use at once, but few enough to fill within a second. */
const MAX_CONNECTIONS = 60;

/** Starts the services of the local run as separate processes, in a directory that is deleted when they stop. */
export async function startServices(report: (line: string) => void): Promise<Services> {
  const stops = makeStops();
  const stop = (): Promise<void> => stops.run(report);
  try {
    const directory = await mkdtemp(join(tmpdir(), 'belfry-chaos-'));
    stops.add(() => rm(directory, { recursive: true, force: true }));
    const dataDir = await openDataDir(directory);
    stops.add(dataDir.close);
    const options = { dataDir, report, durable: true };
    const postgres = await serve(() => startPostgres({ ...options, maxConnections: MAX_CONNECTIONS }));
    stops.add(postgres.stop);
    const redis = await serve(() => startRedis(options));
    stops.add(redis.stop);
    const sqs = await startSqs({ queues: [wakeUpQueueSpec] });
    stops.add(sqs.stop);
    const proxy = await openTcpProxy({ to: () => Number(new URL(sqs.url).port) });
    stops.add(proxy.close);
    const url = `http://127.0.0.1:${proxy.port}`;
    const queueUrl = new URL(new URL(sqs.queueUrls[wakeUpQueue.name] ?? '').pathname, url).href;
    return {
      directory: dataDir.path,
      postgres,
      redis: { ...redis, ...makeFailOver(redis, dataDir) },
      sqs: { url, queueUrl, proxy },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function serve(start: () => Promise<ChildService>): Promise<Server> {
  let child = await start();
  const kill = async (): Promise<void> => {
    signal(child.pid, 'SIGKILL');
    await child.stop();
  };
  return {
    url: child.url,
    pid: () => child.pid,
    freeze: () => freeze(child.pid),
    thaw: () => thaw(child.pid),
    restart: async (between = async () => {}) => {
      await kill();
      await between();
      child = await start();
    },
    stop: async () => {
      thaw(child.pid);
      await child.stop();
    },
  };
}

/** Redis keeps only the append-only file. A copy made during writes may end with an incomplete command. */
function makeFailOver(redis: Server, dataDir: DataDir) {
  const data = join(dataDir.path, 'redis');
  const copy = join(dataDir.path, 'redis-copy');
  const replace = async (from: string, to: string): Promise<void> => {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
  };
  let copiedMs = Date.now();
  return {
    flush: async () => {
      const client = connectRedis(redis.url);
      await client.flushall().finally(() => client.disconnect());
    },
    pause: async (forMs: number) => {
      const client = connectRedis(redis.url);
      await client.client('PAUSE', forMs, 'ALL').finally(() => client.disconnect());
      await sleep(forMs);
    },
    copyData: async () => {
      // A rewrite of the append-only file during the copy would leave a gap between its two files, which no replica has.
      const client = connectRedis(redis.url);
      await client.config('SET', 'auto-aof-rewrite-percentage', '0').finally(() => client.disconnect());
      await replace(data, copy);
      copiedMs = Date.now();
    },
    failOver: async () => {
      const ageMs = Date.now() - copiedMs;
      await redis.restart(() => replace(copy, data));
      return ageMs;
    },
  };
}
