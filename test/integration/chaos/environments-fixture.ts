import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { POINT_FOLDERS } from '../../chaos/environment/points.ts';
import { startEnvironment, type Environment } from '../../../local/environments/environment.ts';
import { createBelfryDatabase, type BelfryDatabase } from '../../support/belfry-database.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import { createTestQueue } from '../../support/sqs.ts';

export const ROOT = pathToFileURL(`${join(import.meta.dirname, '..', '..', '..')}/`);

export let database: BelfryDatabase;
export let redis: TestRedis;
export let wakeUps: Awaited<ReturnType<typeof createTestQueue>>;
/** The directory of the points of each test. */
export let pointsDir: string;

let environments: Environment[] = [];

/** Sets up the services for the file that calls it. Each test has points of its own, and ends its environments. */
export function setUpEnvironments(): void {
  beforeAll(async () => {
    database = await createBelfryDatabase({ max: 2 });
    redis = await createTestRedis();
    wakeUps = await createTestQueue();
  });
  afterAll(async () => {
    await wakeUps.close();
    await redis.close();
    await database.drop();
  });
  beforeEach(() => {
    pointsDir = mkdtempSync(join(tmpdir(), 'belfry-points-'));
    for (const folder of POINT_FOLDERS) mkdirSync(join(pointsDir, folder));
  });
  afterEach(async () => {
    await Promise.all(environments.map((environment) => environment.terminate()));
    environments = [];
    rmSync(pointsDir, { recursive: true });
  });
}

type Options = Omit<Parameters<typeof startEnvironment>[0], 'log'>;

/** Starts an environment with the credentials of the queue, and waits until it is ready. */
export async function start(options: Options): Promise<Environment> {
  const environment = startEnvironment({
    ...options,
    env: {
      PATH: process.env['PATH'] ?? '',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      ...options.env,
    },
    log: () => {},
  });
  environments.push(environment);
  await environment.ready;
  return environment;
}
