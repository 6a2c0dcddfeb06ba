import type { SQSEvent } from 'aws-lambda';
import { join } from 'node:path';
import { createPool, type Pool } from '../../lib/db/pool.ts';
import { openAdminKey } from '../../local/data-dir/admin-key.ts';
import { openDataKeysFile } from '../../local/data-dir/data-keys.ts';
import { functionEnvironments } from '../../local/environments/function-environments.ts';
import { openLogFile } from '../../local/log-file.ts';
import { knownCredentials } from '../../local/services/sqs.ts';
import { LOCAL_TARGETS } from '../../local/settings.ts';
import { startBelfry } from '../../local/start-belfry.ts';
import { makeStops } from '../../local/stops.ts';
import { ENVIRONMENTS, makeFunctions, type Functions } from './functions.ts';
import { createLog } from './journal/schema.ts';
import { startServices, type Services } from './services/services.ts';
import { startTicks, type Ticks } from './ticks.ts';
import { makeWakeUps, type WakeUps } from './wake-ups.ts';

type Invoke = (event: SQSEvent) => Promise<unknown>;

/** A complete Belfry in which each part can fail. */
export type World = {
  services: Services;
  functions: Functions;
  ticks: Ticks;
  wakeUps: Pick<WakeUps, 'harm'>;
  /** The pool of the harness, which survives broken connections. */
  pool: Pool;
  address: string;
  apiKey: string;
  logFile: string;
  /** Starts the worker of another version, on the same queue. */
  openOldWorker: (root: URL) => Invoke;
  /** Sends half of the wake-ups to other workers too; undefined: only to workers of this version. */
  divert: (invoke: Invoke | undefined) => void;
  stop: () => Promise<void>;
};

export type WorldOptions = {
  tickEveryMs: number;
  /** Receives progress lines. */
  report: (line: string) => void;
};

const MAX_CONCURRENCY = 8;
/** The exit code of a shell after Ctrl-C. */
const INTERRUPTED = 130;

export async function startWorld({ tickEveryMs, report }: WorldOptions): Promise<World> {
  const stops = makeStops();
  const stop = (): Promise<void> => stops.run(report);
  const interrupted = (): void => void stop().finally(() => process.exit(INTERRUPTED));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, interrupted);
    stops.add(async () => void process.off(signal, interrupted));
  }
  try {
    const services = await startServices(report);
    stops.add(services.stop);
    const { directory, postgres, redis, sqs } = services;
    const pool = createPool(postgres.url, { max: 4, statementTimeoutMs: 30_000, onError: () => {} });
    stops.add(pool.end);
    const functions = makeFunctions(directory);
    const logFile = join(directory, 'belfry.log');
    const log = openLogFile(logFile);
    let other: Invoke | undefined;
    let turn = 0;
    let wakeUps: WakeUps | undefined;
    const belfry = await startBelfry({
      services: async () => ({
        databaseUrl: postgres.url,
        redisUrl: redis.url,
        queues: { url: sqs.url, wakeUpQueueUrl: sqs.queueUrl, credentials: knownCredentials },
        dataKeysFile: await openDataKeysFile(directory, undefined),
        apiKey: await openAdminKey(directory),
      }),
      environments: ENVIRONMENTS,
      start: functions.start,
      functionEnv: {
        ...LOCAL_TARGETS,
        BELFRY_LOG_LEVEL: 'WARN',
        // Each process that starts later reads the modules that were compiled once.
        NODE_COMPILE_CACHE: join(directory, 'compiled'),
      },
      port: 0,
      tickEveryMs: undefined,
      eventSource: {
        maxConcurrency: MAX_CONCURRENCY,
        around: (invoke) => {
          wakeUps = makeWakeUps((event) => {
            turn += 1;
            return other !== undefined && turn % 2 === 0 ? other(event) : invoke(event);
          });
          return wakeUps.invoke;
        },
      },
      graceMs: 0,
      log,
      report: () => {},
      onStop: stops.add,
    });
    if (wakeUps === undefined) throw new Error('the event source did not use the wake-up faults');
    await createLog(pool);
    const ticks = startTicks({ invoke: belfry.tick, everyMs: tickEveryMs });
    // Not awaited: running ticks end with the environments.
    stops.add(async () => void ticks.stop());
    return {
      services,
      functions,
      ticks,
      wakeUps,
      pool,
      apiKey: belfry.services.apiKey,
      logFile,
      stop,
      address: belfry.address,
      openOldWorker: (root) => {
        const environments = functionEnvironments('worker', {
          env: { ...belfry.env },
          root,
          howMany: { most: 2, warm: 0, idleMs: IDLE_MS },
          startHost: functions.startOldWorker(root),
          log,
          report: () => {},
        });
        stops.add(() => environments.stop(0));
        return environments.invoke;
      },
      divert: (invoke) => {
        other = invoke;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const IDLE_MS = 60_000;
