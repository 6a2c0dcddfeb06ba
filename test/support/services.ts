import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Redis } from 'ioredis';
import { createApiKey } from '../../lib/app/api-key.ts';
import { ensureSigningKey } from '../../lib/app/signing-keys/create-signing-key.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { migrate } from '../../lib/db/migrate.ts';
import { ensurePartitions } from '../../lib/db/partitions.ts';
import { createPool, type Pool } from '../../lib/db/pool.ts';
import { openDataKeys } from '../../lib/secrets/data-keys.ts';
import { createKeyRing } from '../../lib/secrets/key-ring.ts';
import { wakeUpQueue } from '../../lib/topology.ts';
import { createQueue, knownCredentials, localSqsClient } from '../../local/services/sqs.ts';
import type { BelfryServices } from '../../local/start-belfry.ts';
import { startTemporaryServices, type TemporaryServices } from './temporary-services.ts';

/** The services of one scenario: an empty database with the schema, an empty Redis, an empty queue. */
export type Stage = {
  databaseUrl: string;
  pool: Pool;
  redisUrl: string;
  redis: Redis;
  sqs: SQSClient;
  queueUrl: string;
  /** The queue of wake-ups that failed too often. */
  deadLetterUrl: string;
  /** The parts that a whole Belfry on the stage needs. */
  services: BelfryServices;
  /** Creates a directory that is removed when the benchmark ends. */
  makeDirectory: (name: string) => Promise<string>;
  /** Adds a function that runs when the benchmark ends, also after an interrupt. It must be safe to call twice. */
  atEnd: (stop: () => Promise<void>) => void;
  close: () => Promise<void>;
};

export type Versions = { postgres: string; redis: string };

export type Services = {
  versions: Versions;
  openStage: (name: string) => Promise<Stage>;
  /** Adds a function that runs before the services stop, also after an interrupt. It must be safe to call twice. */
  atEnd: Stage['atEnd'];
  stop: () => Promise<void>;
};

/** The services of the local run, with its settings: PostgreSQL waits for the disk at each commit. */
export async function startServices(report: (line: string) => void): Promise<Services> {
  const { dataDir, urls, atEnd, stop } = await startTemporaryServices({
    prefix: 'belfry-bench-',
    isDurable: true,
    report,
  });
  try {
    const keysFile = join(dataDir.path, 'data-keys.json');
    await writeFile(keysFile, createKeyRing(), { mode: 0o600 });
    const makeDirectory = (name: string) => mkdtemp(join(dataDir.path, `${name}-`));
    return {
      versions: await readVersions(urls),
      atEnd,
      openStage: async (name) => ({ ...(await openStage(name, urls, keysFile)), makeDirectory, atEnd }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Urls = TemporaryServices['urls'];

async function openStage(
  name: string,
  urls: Urls,
  keysFile: string,
): Promise<Omit<Stage, 'makeDirectory' | 'atEnd'>> {
  const database = `bench_${name.replaceAll('-', '_')}`;
  const admin = openPool(urls.postgres, 1);
  await admin.query(`drop database if exists ${database} with (force)`);
  await admin.query(`create database ${database}`);
  const databaseUrl = new URL(urls.postgres);
  databaseUrl.pathname = `/${database}`;
  const pool = openPool(databaseUrl.href, 10);
  await migrate(pool, new Date());
  await ensurePartitions(pool, new Date(), 3);
  // Benchmarks without a start of Belfry sign their requests, too.
  const fetchSecret = (): Promise<string> => Promise.reject(new Error('the key ring is in a file'));
  const dataKeys = openDataKeys({ kind: 'file', path: keysFile }, { fetchSecret, clock: systemClock });
  await ensureSigningKey({ pool, dataKeys, clock: systemClock });
  const redis = new Redis(urls.redis);
  await redis.flushall();
  const sqs = localSqsClient(urls.sqs);
  const { visibilityTimeoutSeconds, maxReceiveCount } = wakeUpQueue;
  const [queueName, deadName] = [`bench-${name}`, `bench-${name}-dead`];
  const deadLetter = { name: deadName, maxReceiveCount };
  const queueUrls = await createQueue(sqs, urls.sqs, {
    name: queueName,
    visibilityTimeoutSeconds,
    deadLetter,
  });
  const { [queueName]: queueUrl = '', [deadName]: deadLetterUrl = '' } = queueUrls;
  return {
    databaseUrl: databaseUrl.href,
    pool,
    redisUrl: urls.redis,
    redis,
    sqs,
    queueUrl,
    deadLetterUrl,
    services: {
      databaseUrl: databaseUrl.href,
      redisUrl: urls.redis,
      queues: { url: urls.sqs, wakeUpQueueUrl: queueUrl, credentials: knownCredentials },
      dataKeysFile: keysFile,
      apiKey: createApiKey(),
    },
    close: async () => {
      sqs.destroy();
      redis.disconnect();
      await pool.end();
      await admin.query(`drop database if exists ${database} with (force)`);
      await admin.end();
    },
  };
}

function openPool(url: string, max: number): Pool {
  return createPool(url, { max, statementTimeoutMs: 600_000, onError: () => {} });
}

async function readVersions(urls: Urls): Promise<Versions> {
  const pool = openPool(urls.postgres, 1);
  const { rows } = await pool.query<{ version: string; fsync: string; commit: string }>(/* sql */ `
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
           current_setting('synchronous_commit') as commit`);
  await pool.end();
  const redis = new Redis(urls.redis);
  const info = await redis.info('server');
  redis.disconnect();
  const found = /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1];
  const { version = 'unknown', fsync = '?', commit = '?' } = rows[0] ?? {};
  return {
    postgres: `${version} (fsync ${fsync}, synchronous_commit ${commit})`,
    redis: `${found ?? 'unknown'} (append-only file, fsync each second)`,
  };
}
