import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataDir } from '../../../local/data-dir/data-dir.ts';
import { wakeUpQueueSpec } from '../../../local/services.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { wakeUpQueue } from '../../../lib/topology.ts';
import type { RestartableServer } from '../../support/restartable-server.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { startTemporaryServices } from '../../support/temporary-services.ts';

export type Services = {
  directory: string;
  postgres: RestartableServer;
  redis: RestartableServer & {
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

/** Starts the services of all tests, with a proxy in front of SQS and a Redis that can fail over. */
export async function startServices(report: (line: string) => void): Promise<Services> {
  const services = await startTemporaryServices({
    prefix: 'belfry-chaos-',
    isDurable: true,
    maxConnections: MAX_CONNECTIONS,
    queues: [wakeUpQueueSpec],
    report,
  });
  const { dataDir, postgres, redis, sqs, atEnd, stop } = services;
  const proxy = await openTcpProxy({ to: () => Number(new URL(sqs.url).port) });
  atEnd(proxy.close);
  const url = `http://127.0.0.1:${proxy.port}`;
  const queueUrl = new URL(new URL(sqs.queueUrls[wakeUpQueue.name] ?? '').pathname, url).href;
  return {
    directory: dataDir.path,
    postgres,
    redis: { ...redis, ...makeFailOver(redis, dataDir) },
    sqs: { url, queueUrl, proxy },
    stop,
  };
}

/** Redis keeps only the append-only file. A copy made during writes may end with an incomplete command. */
function makeFailOver(redis: RestartableServer, dataDir: DataDir) {
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
