import type { TestProject } from 'vitest/node';
import { startTemporaryServices } from './temporary-services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string;
    sqsUrl: string;
  }
}

/** Redis databases, one for each test file that asks; an empty one costs next to nothing. */
const REDIS_DATABASES = 1_000;

/** One PostgreSQL, Redis and SQS emulator for the whole run, in a directory that goes with it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { urls, stop } = await startTemporaryServices({
    prefix: 'belfry-test-',
    isDurable: false,
    redisDatabases: REDIS_DATABASES,
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  project.provide('postgresUrl', urls.postgres);
  project.provide('redisUrl', urls.redis);
  project.provide('sqsUrl', urls.sqs);
  return stop;
}
