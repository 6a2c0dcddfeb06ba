import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDataDir } from '../../local/data-dir.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { startRedis } from '../../local/services/redis.ts';
import { startSqs } from '../../local/services/sqs.ts';
import { removeAbandoned } from './remove-abandoned.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string;
    sqsUrl: string;
  }
}

/** Redis databases, one for each test file that asks; an empty one costs next to nothing. */
const REDIS_DATABASES = 1_000;

const PREFIX = 'belfry-test-';

/** One PostgreSQL, Redis and SQS emulator for the whole run, in a directory that goes with it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned(PREFIX);
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  const started: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const teardown = async () => {
    // The last started first: the services, their data directory, the directory.
    for (const stop of started.splice(0).toReversed()) await stop();
  };
  try {
    const dataDir = await openDataDir(directory);
    started.push(dataDir.close);
    const report = (line: string) => process.stderr.write(`${line}\n`);
    const options = { dataDir, report, durable: false };
    const starting = [
      startPostgres(options),
      startRedis({ ...options, databases: REDIS_DATABASES }),
      startSqs({ queues: [] }),
    ] as const;
    // Of those that start while another fails, none may be left running.
    for (const service of await Promise.allSettled(starting)) {
      if (service.status === 'fulfilled') started.push(service.value.stop);
    }
    const [postgres, redis, sqs] = await Promise.all(starting);
    project.provide('postgresUrl', postgres.url);
    project.provide('redisUrl', redis.url);
    project.provide('sqsUrl', sqs.url);
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}
