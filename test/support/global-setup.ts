import { Redis } from 'ioredis';
import type { TestProject } from 'vitest/node';
import { temporaryRoot } from './temporary-root.ts';
import { startTemporaryServices } from './temporary-services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string;
    sqsUrl: string;
  }
}

/** The number of Redis databases. Each test file may have one at a time. An empty database costs almost nothing. */
const REDIS_DATABASES = 1_000;

/** Starts one PostgreSQL, Redis and SQS emulator for the whole run, in a directory that is removed at its end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { urls, stop } = await startTemporaryServices({
    prefix: 'belfry-test-',
    isDurable: false,
    root: await temporaryRoot(),
    redisDatabases: REDIS_DATABASES,
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  await forbidFlushAll(urls.redis);
  project.provide('postgresUrl', urls.postgres);
  project.provide('redisUrl', urls.redis);
  project.provide('sqsUrl', urls.sqs);
  return stop;
}

/** A test that emptied all databases would take the queues of the tests that run at the same time, and they would fail, not it. */
async function forbidFlushAll(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.acl('SETUSER', 'default', '-flushall').finally(() => redis.disconnect());
}
