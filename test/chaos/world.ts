import { openAdminKey } from '../../local/admin-key.ts';
import { openDataKeysFile } from '../../local/data-keys.ts';
import { startEventSource } from '../../local/event-source.ts';
import { functionEnv } from '../../local/function-env.ts';
import { startGateway } from '../../local/gateway.ts';
import { openLogFile } from '../../local/log-file.ts';
import { prepareLocalDatabase } from '../../local/schema.ts';
import { knownCredentials, localSqsClient } from '../../local/services/sqs.ts';
import { LOCAL_TARGETS } from '../../local/settings.ts';
import { makeStops } from '../../local/stops.ts';
import { createPool, type Pool } from '../../lib/db/pool.ts';
import { wakeUpQueue } from '../../lib/topology.ts';
import type { SQSRecord } from 'aws-lambda';
import { join } from 'node:path';
import { startFunctions, type Functions } from './functions.ts';
import { createLog } from './journal/schema.ts';
import { startServices, type Services } from './services/services.ts';
import { startTicks, type Ticks } from './ticks.ts';
import { makeWakeUps, type WakeUps } from './wake-ups.ts';

/** A whole Belfry whose every part can be broken. */
export type World = {
  services: Services;
  functions: Functions;
  ticks: Ticks;
  wakeUps: WakeUps;
  /** Of the harness: one that outlives what happens to its connections. */
  pool: Pool;
  address: string;
  apiKey: string;
  logFile: string;
  /** Where wake-ups go beside the workers of this version; undefined: nowhere else. */
  divert: (invoke: ((event: { Records: SQSRecord[] }) => Promise<unknown>) | undefined) => void;
  stop: () => Promise<void>;
};

export type WorldOptions = {
  tickEveryMs: number;
  /** Hears of what is being done. */
  report: (line: string) => void;
};

const MAX_CONCURRENCY = 8;
/** What a shell makes of an end by Ctrl-C. */
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
    const { directory } = services;
    const apiKey = await openAdminKey(directory);
    const dataKeysFile = await openDataKeysFile(directory, undefined);
    await prepareLocalDatabase(services.postgres.url, apiKey, new Date());
    const pool = createPool(services.postgres.url, { max: 4, statementTimeoutMs: 30_000, onError: () => {} });
    stops.add(pool.end);
    await createLog(pool);

    const logFile = join(directory, 'belfry.log');
    const functions = startFunctions({
      directory,
      env: functionEnv(
        { functionEnv: { ...LOCAL_TARGETS, BELFRY_LOG_LEVEL: 'WARN' } },
        {
          database: services.postgres.url,
          redis: services.redis.url,
          queues: {
            url: services.sqs.url,
            wakeUpQueueUrl: services.sqs.queueUrl,
            credentials: knownCredentials,
          },
          dataKeysFile,
        },
      ),
      log: openLogFile(logFile),
      report: () => {},
    });
    stops.add(functions.stop);
    await Promise.all([functions.api.warm(), functions.scheduler.warm(), functions.worker.warm()]);

    const gateway = await startGateway({
      port: 0,
      invoke: functions.api.invoke,
      local: {},
      report: () => {},
    });
    stops.add(() => gateway.stop(1_000));
    let other: ((event: { Records: SQSRecord[] }) => Promise<unknown>) | undefined;
    let turn = 0;
    const wakeUps = makeWakeUps((event) => {
      turn += 1;
      return other !== undefined && turn % 2 === 0 ? other(event) : functions.worker.invoke(event);
    });
    const client = localSqsClient(services.sqs.url);
    const eventSource = startEventSource({
      client,
      queueUrl: services.sqs.queueUrl,
      batchSize: wakeUpQueue.batchSize,
      maxConcurrency: MAX_CONCURRENCY,
      invoke: wakeUps.invoke,
      report: () => {},
    });
    const ticks = startTicks({ invoke: () => functions.scheduler.invoke({}), everyMs: tickEveryMs });
    stops.add(async () => {
      // Neither is waited for: what they have running ends with the environments.
      void eventSource.stop();
      void ticks.stop();
      client.destroy();
    });
    return {
      services,
      functions,
      ticks,
      wakeUps,
      pool,
      apiKey,
      logFile,
      stop,
      address: gateway.address,
      divert: (invoke) => {
        other = invoke;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
