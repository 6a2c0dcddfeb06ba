import { join } from 'node:path';
import { outgoingSchema } from '../lib/config/outgoing.ts';
import { UnavailableError } from '../lib/domain/errors.ts';
import { findRefusal } from '../lib/outgoing/refusal.ts';
import { systemClock } from '../lib/clock/system-clock.ts';
import { timings, wakeUpQueue } from '../lib/topology.ts';
import { openAdminKey } from './admin-key.ts';
import { openDataDir } from './data-dir.ts';
import { openDataKeysFile } from './data-keys.ts';
import { ECHO_PATH, makeEcho } from './echo.ts';
import type { Environments } from './environments.ts';
import { startEventSource } from './event-source.ts';
import { functionEnv } from './function-env.ts';
import { functionEnvironments, maxEnvironments } from './function-environments.ts';
import { startGateway } from './gateway.ts';
import { openLogFile } from './log-file.ts';
import { giveBackFromDead } from './lost-worker.ts';
import { describeRequestsOut } from './requests-out.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import { prepareLocalDatabase } from './schema.ts';
import { openDatabase, openQueues, openRedis, type Part } from './services.ts';
import { localSqsClient } from './services/sqs.ts';
import type { LocalSettings } from './settings.ts';
import { checkTheirServices } from './their-services.ts';
import { startTicker } from './ticker.ts';
import { wakeAhead } from './wake-ahead.ts';

export type RunOptions = {
  settings: LocalSettings;
  /** Aborted when the run is to end, even in the middle of its start. */
  signal: AbortSignal;
  /** Called before each thing is started, with what stops it; to be called in reverse order. */
  onStop: (stop: () => Promise<void>) => void;
  /** Hears of what is being done, and how long it took. */
  step: <T>(name: string, work: Promise<T>, outcome?: (result: T) => string) => Promise<T>;
  progress: (line: string) => void;
  /** Hears of what went wrong while it runs. */
  report: (line: string) => void;
};

export type LocalRun = {
  address: string;
  /** As the user is to see it: a key of theirs by the name of its variable. */
  shownApiKey: string;
  /** Likewise. That of our own has no password: PostgreSQL knows its user by the kernel. */
  shownDatabaseUrl: string;
  /** Where jobs may call beside public addresses, and by which ports. */
  open: { networks: string; ports: string };
  /** Whether a job may call the gateway, as the example that is printed does. */
  mayCallItself: boolean;
  dataDir: string;
  logFile: string;
  /** Resolves with one line when a service dies. */
  died: Promise<string>;
};

/** How long what runs may go on when everything is to stop. */
const GRACE_MS = 5_000;

/** Starts the parts, each after those it leans on. */
export async function startLocalRun(options: RunOptions): Promise<LocalRun> {
  const { settings, signal, onStop, step, progress, report } = options;

  await checkTheirServices(settings);
  signal.throwIfAborted();
  // First, since it fails soonest: the port. Until the function is there, the gateway says to come again.
  let api: Environments | undefined;
  const gateway = await startGateway({
    port: settings.port,
    invoke: async (event) => {
      if (api === undefined) throw new UnavailableError('Belfry', { retryAfterSeconds: 1 });
      return api.invoke(event);
    },
    local: { [ECHO_PATH]: makeEcho() },
    allowedHosts: settings.allowedHosts,
    corsOrigins: settings.corsOrigins,
    report,
  });
  onStop(() => gateway.stop(GRACE_MS));

  const dataDir = await openDataDir(settings.dataDir);
  onStop(dataDir.close);
  const logFile = join(dataDir.path, 'belfry.log');
  const log = openLogFile(logFile);
  const apiKey = settings.apiKey ?? (await openAdminKey(dataDir.path));
  const dataKeysFile = await openDataKeysFile(dataDir.path, settings.dataKeysFile);

  const starting = <P extends Part>(name: string, part: Promise<P>, isTheirs: boolean): Promise<P> => {
    // It may still be starting when everything is to stop.
    onStop(async () => (await part.catch(() => undefined))?.stop());
    return step(name, part, () => (isTheirs ? 'yours' : ''));
  };
  const { databaseUrl, redisUrl, sqsEndpoint } = settings;
  const [database, redis, queues] = await Promise.all([
    starting('PostgreSQL', openDatabase(dataDir, databaseUrl, progress), databaseUrl !== undefined),
    starting('Redis', openRedis(dataDir, redisUrl, progress), redisUrl !== undefined),
    starting('SQS', openQueues(sqsEndpoint), sqsEndpoint !== undefined),
  ]);
  signal.throwIfAborted();

  await step('schema', prepareLocalDatabase(database.url, apiKey, new Date()), (applied) =>
    applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`,
  );
  signal.throwIfAborted();

  const env = functionEnv(settings, { database: database.url, redis: redis.url, queues, dataKeysFile });
  const apiFunction = functionEnvironments('api', { env, log, report });
  onStop(() => apiFunction.stop(0));
  // What runs may have its target or its caller here, so the gateway goes between the workers and the API.
  onStop(() => gateway.stop(GRACE_MS));
  const scheduler = functionEnvironments('scheduler', { env, log, report });
  const stores = { databaseUrl: database.url, redisUrl: redis.url };
  const onLost = (environmentId: string): void => {
    giveBackFromDead(stores, environmentId)
      .then(() => scheduler.invoke({}))
      .catch((error: unknown) =>
        report(`what a dead worker held waits for its lease to end: ${messageOf(error)}`),
      );
  };
  const worker = functionEnvironments('worker', { env, log, report, onLost });
  const sqs = localSqsClient(queues.url, queues.credentials);
  onStop(async () => {
    await Promise.all([scheduler.stop(GRACE_MS), worker.stop(GRACE_MS)]);
    sqs.destroy();
  });
  const warm = async (): Promise<void> => {
    await Promise.all([apiFunction.warm(), scheduler.warm(), worker.warm()]);
    api = apiFunction;
    // The first request connects and compiles, for a tenth of a second: not a user's.
    const headers = { 'x-api-key': apiKey };
    await fetch(`${gateway.address}/health/deep`, { headers }).then((response) => response.text());
  };
  await step('functions', warm());
  signal.throwIfAborted();

  const wakeAll = async (): Promise<void> => {
    const { BELFRY_LOOK_AHEAD_SECONDS: lookAheadSeconds = timings.lookAheadMs / 1_000 } =
      settings.functionEnv;
    await wakeAhead(sqs, queues.wakeUpQueueUrl, Number(lookAheadSeconds));
  };
  if (sqsEndpoint === undefined) await wakeAll();
  const eventSource = startEventSource({
    client: sqs,
    queueUrl: queues.wakeUpQueueUrl,
    batchSize: wakeUpQueue.batchSize,
    maxConcurrency: maxEnvironments('worker'),
    invoke: worker.invoke,
    recreate: async () => {
      await queues.recreate();
      // The wake-ups in it are lost.
      await wakeAll();
    },
    report,
  });
  // In a database of our own, whatever was claimed before was claimed by a run that has ended.
  if (databaseUrl === undefined) await giveBackFromDead(stores);
  const ticker = startTicker({
    invoke: () => scheduler.invoke({}),
    intervalMs: timings.tickIntervalMs,
    maxConcurrency: maxEnvironments('scheduler'),
    clock: systemClock,
    report,
  });
  await writeRunFile(dataDir.path, { pid: process.pid, address: gateway.address, apiKey });
  onStop(() => removeRunFile(dataDir.path));
  // Neither is waited for: what they have running ends with the environments, at the latest.
  onStop(async () => {
    void eventSource.stop();
    void ticker.stop();
    const requests = await describeRequestsOut(database.url, systemClock.nowMs());
    if (requests.length === 0) return;
    progress(`waiting up to ${GRACE_MS / 1_000} s for requests that are out:`);
    for (const line of requests) progress(`  ${line}`);
  });

  const died = Promise.race([database.exited, redis.exited, queues.exited]);
  return {
    address: gateway.address,
    shownApiKey: settings.apiKey === undefined ? apiKey : '$BELFRY_API_KEY',
    shownDatabaseUrl: databaseUrl === undefined ? database.url : '$DATABASE_URL',
    open: {
      networks: env['BELFRY_ALLOWED_NETWORKS'] ?? '',
      ports: env['BELFRY_ALLOWED_PORTS'] ?? '',
    },
    mayCallItself: findRefusal(outgoingSchema.parse(env).outgoing, new URL(gateway.address)) === undefined,
    dataDir: dataDir.path,
    logFile,
    died,
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
