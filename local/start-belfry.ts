import type { SQSEvent } from 'aws-lambda';
import { systemClock } from '../lib/clock/system-clock.ts';
import { UnavailableError } from '../lib/domain/errors.ts';
import { timings, wakeUpQueue } from '../lib/topology.ts';
import type { StartHost } from './environment-host.ts';
import { type EventSource, startEventSource } from './event-source.ts';
import { functionEnv } from './function-env.ts';
import { functionEnvironments, type FunctionName, type HowMany } from './function-environments.ts';
import { type GatewayOptions, startGateway } from './gateway.ts';
import { giveBackFromDead } from './lost-worker.ts';
import { prepareLocalDatabase } from './schema.ts';
import { localSqsClient } from './services/sqs.ts';
import type { SqsCredentials } from './services/sqs-guard.ts';
import { makeStops } from './stops.ts';
import { startTicker, type Ticker } from './ticker.ts';
import { wakeAhead } from './wake-ahead.ts';

export type OnStop = (stop: () => Promise<void>) => void;

/** What the functions need around them. */
export type BelfryServices = {
  databaseUrl: string;
  redisUrl: string;
  queues: {
    url: string;
    wakeUpQueueUrl: string;
    credentials: SqsCredentials;
    /** Makes the queue of wake-ups again, where somebody has deleted it. */
    recreate?: () => Promise<void>;
  };
  /** The keys of secret headers. */
  dataKeysFile: string;
  /** The key with the scope admin. */
  apiKey: string;
};

type Invoke = (event: SQSEvent) => Promise<unknown>;

export type BelfryOptions = {
  /** Opens the services, once the port is Belfry's. What it hands to `onStop` is stopped after all of Belfry. */
  services: (onStop: OnStop) => Promise<BelfryServices>;
  /** Which functions run, each in how many environments. */
  environments: Partial<Record<FunctionName, HowMany>>;
  /** What the environments of a function run in: threads of this process unless others are given. */
  start?: ((name: FunctionName) => StartHost) | undefined;
  /** Variables that the functions see besides those that say where the services are. */
  functionEnv: Readonly<Record<string, string>>;
  /** The port of the API; 0 takes any that is free. */
  port: number;
  gateway?: Pick<GatewayOptions, 'local' | 'allowedHosts' | 'corsOrigins'>;
  /** How often the scheduler ticks; undefined: not before `startTicking`. */
  tickEveryMs: number | undefined;
  eventSource?: {
    /** Batches of wake-ups that are out at once; as many as there may be workers unless given. */
    maxConcurrency?: number;
    /** Stands between the queue and the workers. */
    around?: (invoke: Invoke) => Invoke;
  };
  /**
   * Whether what a worker held that died is given back at once, as only a machine of its own can know it; `wakeUps` and
   * `claims` say that the run before this one on the same services has lost its wake-ups, and left claims behind.
   */
  givesBack?: { wakeUps: boolean; claims: boolean };
  /** How long what runs may go on when everything is to stop. */
  graceMs: number;
  /** Takes what the functions write. */
  log: (text: string) => void;
  /** Hears of what went wrong while it runs. */
  report: (line: string) => void;
  /** Called at once with what stops all of it, however far the start has come. */
  onStop: OnStop;
  /** Aborted when Belfry is to end in the middle of its start. */
  signal?: AbortSignal;
  /** Hears of what is being done, and how long it took. */
  step?: Step;
};

export type Step = <T>(name: string, work: Promise<T>, outcome?: (result: T) => string) => Promise<T>;

export type Belfry = {
  /** Where clients reach the API, without a slash at the end. */
  address: string;
  services: BelfryServices;
  /** All the variables that the functions see. */
  env: Readonly<Record<string, string>>;
  invokeWorker: (event: unknown) => Promise<unknown>;
  /** One tick. */
  tick: () => Promise<unknown>;
  startTicking: (everyMs: number) => void;
  /** No further tick by itself; resolves when those that run have ended. */
  stopTicking: () => Promise<void>;
  /** Receives no further wake-up; resolves when the workers that run have ended. */
  stopReceiving: () => Promise<void>;
  stop: () => Promise<void>;
};

const NONE: HowMany = { most: 0, warm: 0 };

/** Starts a whole Belfry around services: gateway, functions, event source and ticks, each after what it depends on. */
export async function startBelfry(options: BelfryOptions): Promise<Belfry> {
  const { environments, functionEnv: own, givesBack, graceMs, log, report, signal } = options;
  const step: Step = options.step ?? ((_name, work) => work);
  const stops = makeStops();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stops.run(report));
  options.onStop(stop);

  // First, since it fails soonest: the port. Until the function is there, the gateway says to come again.
  let invokeApi: ((event: unknown) => Promise<unknown>) | undefined;
  const gateway = await startGateway({
    port: options.port,
    invoke: async (event) => {
      if (invokeApi === undefined) throw new UnavailableError('Belfry', { retryAfterSeconds: 1 });
      return invokeApi(event);
    },
    local: {},
    ...options.gateway,
    report,
  });
  stops.add(() => gateway.stop(graceMs));

  const services = await options.services(stops.add);
  const { databaseUrl, redisUrl, queues, apiKey } = services;
  signal?.throwIfAborted();
  await step('schema', prepareLocalDatabase(databaseUrl, apiKey, new Date()), (applied) =>
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
  // What runs may have its target or its caller here, so the gateway goes between the workers and the API.
  stops.add(() => gateway.stop(graceMs));
  const scheduler = open('scheduler');
  const tick = (): Promise<unknown> => scheduler.invoke({});
  const stores = { databaseUrl, redisUrl };
  const giveBack = (environmentId: string): void => {
    giveBackFromDead(stores, environmentId)
      .then(tick)
      .catch((error: unknown) =>
        report(`what a dead worker held waits for its lease to end: ${messageOf(error)}`),
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
    // The first request connects and compiles, for a tenth of a second: not a user's.
    const headers = { 'x-api-key': apiKey };
    await fetch(`${gateway.address}/health/deep`, { headers }).then((response) => response.text());
  };
  await step('functions', warm());
  signal?.throwIfAborted();

  const lookAheadSeconds = Number(own['BELFRY_LOOK_AHEAD_SECONDS'] ?? timings.lookAheadMs / 1_000);
  const wakeAll = (): Promise<void> => wakeAhead(sqs, queues.wakeUpQueueUrl, lookAheadSeconds);
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
              // The wake-ups in it are lost.
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
    env,
    invokeWorker: worker.invoke,
    tick,
    startTicking,
    stopTicking: async () => ticker?.stop(),
    stopReceiving: async () => eventSource?.stop(),
    stop,
  };
  // Neither is waited for: what they have running ends with the environments, at the latest.
  stops.add(async () => {
    void belfry.stopReceiving();
    void belfry.stopTicking();
  });
  return belfry;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
