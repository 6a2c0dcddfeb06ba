import type { SQSEvent } from 'aws-lambda';
import { systemClock } from '../lib/clock/system-clock.ts';
import { UnavailableError } from '../lib/domain/errors.ts';
import { timings, wakeUpQueue } from '../lib/topology.ts';
import type { StartHost } from './environments/environment-host.ts';
import type { Environments } from './environments/environments.ts';
import { type EventSource, startEventSource } from './event-source.ts';
import { functionEnv } from './environments/function-env.ts';
import {
  functionEnvironments,
  type FunctionName,
  type HowMany,
  pageEnvironments,
} from './environments/function-environments.ts';
import { type GatewayOptions, startGateway } from './gateway/gateway.ts';
import { giveBackFromDead } from './lost-worker.ts';
import { prepareLocalDatabase } from './schema.ts';
import { localSqsClient } from './services/sqs.ts';
import type { SqsCredentials } from './services/sqs-guard.ts';
import { makeStops } from './stops.ts';
import { startTicker, type Ticker } from './ticker.ts';
import { wakeAhead } from './wake-ahead.ts';
import { messageOf } from './message-of.ts';

export type OnStop = (stop: () => Promise<void>) => void;

/** The services and keys that the functions depend on. */
export type BelfryServices = {
  databaseUrl: string;
  redisUrl: string;
  queues: {
    url: string;
    wakeUpQueueUrl: string;
    credentials: SqsCredentials;
    /** Creates the queue of wake-ups again after it was deleted. */
    recreate?: () => Promise<void>;
  };
  /** The file with the keys of secret headers. */
  dataKeysFile: string;
  /** The API key with the scope admin. */
  apiKey: string;
};

type Invoke = (event: SQSEvent) => Promise<unknown>;

export type BelfryOptions = {
  /** Opens the services after the port has been opened. Functions that it passes to `onStop` run after Belfry has stopped. */
  services: (onStop: OnStop) => Promise<BelfryServices>;
  /** The functions to run, with their numbers of environments. */
  environments: Partial<Record<FunctionName, HowMany>>;
  /** Starts the hosts of a function's environments; by default threads of this process. */
  start?: ((name: FunctionName) => StartHost) | undefined;
  /** Variables of the functions, in addition to the addresses of the services. */
  functionEnv: Readonly<Record<string, string>>;
  /** The port of the API; 0 for any free port. */
  port: number;
  gateway?: Pick<GatewayOptions, 'local' | 'allowedHosts' | 'corsOrigins'>;
  /** Resolves with the directory of the pages when they are built. @default no pages are served */
  site?: Promise<string>;
  /** Interval of the ticks; if undefined, there are no ticks before `startTicking`. */
  tickEveryMs: number | undefined;
  eventSource?: {
    /** Maximum number of batches of wake-ups that are served at once; by default the number of worker environments. */
    maxConcurrency?: number;
    /** Wraps the invocation of the workers. */
    around?: (invoke: Invoke) => Invoke;
  };
  /**
   * If set, the executions of a dead worker are given back at once. Only a run on a single machine can know that a worker is dead.
   * `wakeUps` and `claims` are true if the previous run on the same services has lost its wake-ups, or left claims behind.
   */
  givesBack?: { wakeUps: boolean; claims: boolean };
  /** How long running work may continue after the stop has begun. */
  graceMs: number;
  /** Receives the output of the functions. */
  log: (text: string) => void;
  /** Called with one line for each problem during the run. */
  report: (line: string) => void;
  /** Called at once with the function that stops Belfry, which works at any point of the start. */
  onStop: OnStop;
  /** Aborted when Belfry must end during its start. */
  signal?: AbortSignal;
  /** Called for each step with its work; measures how long it takes. */
  step?: Step;
};

export type Step = <T>(name: string, work: Promise<T>, outcome?: (result: T) => string) => Promise<T>;

export type Belfry = {
  /** The base URL of the API, without a slash at the end. */
  address: string;
  services: BelfryServices;
  /** The id of the newest signing key. */
  signingKeyId: number;
  /** All environment variables of the functions. */
  env: Readonly<Record<string, string>>;
  invokeWorker: (event: unknown) => Promise<unknown>;
  /** Runs one tick. */
  tick: () => Promise<unknown>;
  startTicking: (everyMs: number) => void;
  /** Starts no further tick automatically, and resolves when the running ticks have ended. */
  stopTicking: () => Promise<void>;
  /** Receives no further wake-up, and resolves when the running workers have ended. */
  stopReceiving: () => Promise<void>;
  stop: () => Promise<void>;
};

const NONE: HowMany = { most: 0, warm: 0 };

/** Starts a complete Belfry on services: gateway, functions, event source and ticks, each after the parts it depends on. */
export async function startBelfry(options: BelfryOptions): Promise<Belfry> {
  const { environments, functionEnv: own, givesBack, graceMs, log, report, signal } = options;
  const step: Step = options.step ?? ((_name, work) => work);
  const stops = makeStops();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stops.run(report));
  options.onStop(stop);

  // Opens the port first, so that a port in use fails at once. Until the function is ready, the gateway answers 503.
  let invokeApi: ((event: unknown) => Promise<unknown>) | undefined;
  const gateway = await startGateway({
    port: options.port,
    invoke: async (event) => {
      if (invokeApi === undefined) throw new UnavailableError('Belfry', { retryAfterSeconds: 1 });
      return invokeApi(event);
    },
    local: {},
    ...options.gateway,
    ...(options.site && { invokePages: servePages(options.site, { log, report, onStop: stops.add }) }),
    report,
  });
  stops.add(() => gateway.stop(graceMs));

  const services = await options.services(stops.add);
  const { databaseUrl, redisUrl, queues, apiKey } = services;
  signal?.throwIfAborted();
  const { signingKeyId } = await step('schema', prepareLocalDatabase(services, systemClock), ({ applied }) =>
    applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`,
  );
  signal?.throwIfAborted();

  const env = functionEnv({ functionEnv: own }, services);
  const open = (name: FunctionName, onLost?: (environmentId: string) => void) =>
    functionEnvironments(name, {
      env,
      log,
      report,
      howMany: environments[name] ?? NONE,
      ...(onLost === undefined ? {} : { onLost }),
      ...(options.start === undefined ? {} : { startHost: options.start(name) }),
    });
  const api = open('api');
  stops.add(() => api.stop(0));
  // Running requests may call this gateway, so it stops after the workers and before the API function.
  stops.add(() => gateway.stop(graceMs));
  const scheduler = open('scheduler');
  const tick = (): Promise<unknown> => scheduler.invoke({});
  const stores = { databaseUrl, redisUrl };
  const giveBack = (environmentId: string): void => {
    giveBackFromDead(stores, environmentId)
      .then(tick)
      .catch((error: unknown) =>
        report(`the executions of a dead worker wait until its lease ends: ${messageOf(error)}`),
      );
  };
  const worker = open('worker', givesBack === undefined ? undefined : giveBack);
  const sqs = localSqsClient(queues.url, queues.credentials);
  stops.add(async () => {
    await Promise.all([scheduler.stop(graceMs), worker.stop(graceMs)]);
    sqs.destroy();
  });
  const warm = async (): Promise<void> => {
    await Promise.all([api.warm(), scheduler.warm(), worker.warm()]);
    if (environments.api === undefined) return;
    invokeApi = api.invoke;
    // Sends the first request, which connects and compiles for a tenth of a second, so that no user waits for it.
    const headers = { 'x-api-key': apiKey };
    await fetch(`${gateway.address}/health/deep`, { headers }).then((response) => response.text());
  };
  await step('functions', warm());
  signal?.throwIfAborted();

  const lookAheadSeconds = Number(own['BELFRY_LOOK_AHEAD_SECONDS'] ?? timings.lookAheadMs / 1_000);
  const wakeAll = (): Promise<void> =>
    wakeAhead({ sqs, queueUrl: queues.wakeUpQueueUrl, lookAheadSeconds, report });
  const { recreate } = queues;
  if (givesBack?.claims === true) await giveBackFromDead(stores);
  if (givesBack?.wakeUps === true) await wakeAll();
  const { around = (invoke: Invoke) => invoke, maxConcurrency = environments.worker?.most ?? 0 } =
    options.eventSource ?? {};
  let eventSource: EventSource | undefined;
  if (environments.worker !== undefined) {
    eventSource = startEventSource({
      client: sqs,
      queueUrl: queues.wakeUpQueueUrl,
      batchSize: wakeUpQueue.batchSize,
      maxConcurrency,
      invoke: around(worker.invoke),
      report,
      ...(recreate === undefined
        ? {}
        : {
            recreate: async () => {
              await recreate();
              // Replaces the wake-ups that were lost with the queue.
              await wakeAll();
            },
          }),
    });
  }
  let ticker: Ticker | undefined;
  const startTicking = (intervalMs: number): void => {
    ticker = startTicker({
      invoke: tick,
      intervalMs,
      maxConcurrency: environments.scheduler?.most ?? 0,
      clock: systemClock,
      report,
    });
  };
  if (options.tickEveryMs !== undefined) startTicking(options.tickEveryMs);
  const belfry: Belfry = {
    address: gateway.address,
    services,
    signingKeyId,
    env,
    invokeWorker: worker.invoke,
    tick,
    startTicking,
    stopTicking: async () => ticker?.stop(),
    stopReceiving: async () => eventSource?.stop(),
    stop,
  };
  // Does not wait for these two: their running invocations end when the environments end.
  stops.add(async () => {
    void belfry.stopReceiving();
    void belfry.stopTicking();
  });
  return belfry;
}

/** Serves the pages from the moment when they are built. A failed build is reported by its step. */
function servePages(
  site: Promise<string>,
  { onStop, ...outputs }: Pick<BelfryOptions, 'log' | 'report' | 'onStop'>,
): (event: unknown) => Promise<unknown> {
  let pages: Environments | undefined;
  const open = async (): Promise<void> => {
    const opened = pageEnvironments(await site, outputs);
    onStop(() => opened.stop(0));
    pages = opened;
  };
  open().catch(() => {});
  return async (event) => {
    if (pages === undefined) throw new UnavailableError('the dashboard', { retryAfterSeconds: 1 });
    return pages.invoke(event);
  };
}
