import type { SQSEvent } from 'aws-lambda';
import { systemClock } from '../lib/clock/system-clock.ts';
import { timings } from '../lib/topology.ts';
import type { StartHost } from './environments/environment-host.ts';
import { functionEnv } from './environments/function-env.ts';
import type { FunctionName, HowMany } from './environments/function-environments.ts';
import type { EventSource } from './event-source.ts';
import type { GatewayOptions } from './gateway/gateway.ts';
import { giveBackFromDead } from './lost-worker.ts';
import { openFunctions } from './open-functions.ts';
import { openGateway } from './open-gateway.ts';
import { receiveWakeUps } from './receive-wake-ups.ts';
import { prepareLocalDatabase } from './schema.ts';
import { localSqsClient } from './services/sqs.ts';
import type { SqsCredentials } from './services/sqs-guard.ts';
import { makeStops } from './stops.ts';
import { startTicker, type Ticker } from './ticker.ts';

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

/** Starts a complete Belfry on services: gateway, functions, event source and ticks, each after the parts it depends on. */
export async function startBelfry(options: BelfryOptions): Promise<Belfry> {
  const { environments, functionEnv: own, givesBack, graceMs, report, signal } = options;
  const step: Step = options.step ?? ((_name, work) => work);
  const stops = makeStops();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stops.run(report));
  options.onStop(stop);

  const gateway = await openGateway({ ...options, onStop: stops.add });
  stops.add(() => gateway.stop(graceMs));
  const services = await options.services(stops.add);
  const { databaseUrl, redisUrl, queues, apiKey } = services;
  signal?.throwIfAborted();
  const { signingKeyId } = await step('schema', prepareLocalDatabase(services, systemClock), ({ applied }) =>
    applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`,
  );
  signal?.throwIfAborted();

  const stores = { databaseUrl, redisUrl };
  const env = functionEnv({ functionEnv: own }, services);
  const { api, scheduler, worker, tick } = openFunctions({ ...options, env }, givesBack && stores);
  stops.add(() => api.stop(0));
  // Running requests may call this gateway, so it stops after the workers and before the API function.
  stops.add(() => gateway.stop(graceMs));
  const sqs = localSqsClient(queues.url, queues.credentials);
  stops.add(async () => {
    await Promise.all([scheduler.stop(graceMs), worker.stop(graceMs)]);
    sqs.destroy();
  });
  const warm = async (): Promise<void> => {
    await Promise.all([api.warm(), scheduler.warm(), worker.warm()]);
    if (environments.api === undefined) return;
    gateway.serveApi(api.invoke);
    await sendFirstRequest(gateway.address, apiKey);
  };
  await step('functions', warm());
  signal?.throwIfAborted();

  if (givesBack?.claims === true) await giveBackFromDead(stores);
  const { around = (invoke: Invoke) => invoke, maxConcurrency = environments.worker?.most ?? 0 } =
    options.eventSource ?? {};
  const eventSource: EventSource | undefined =
    environments.worker &&
    (await receiveWakeUps({
      sqs,
      queueUrl: queues.wakeUpQueueUrl,
      recreate: queues.recreate,
      lookAheadSeconds: Number(own['BELFRY_LOOK_AHEAD_SECONDS'] ?? timings.lookAheadMs / 1_000),
      hasLostWakeUps: givesBack?.wakeUps === true,
      invoke: around(worker.invoke),
      maxConcurrency,
      report,
    }));
  const { startTicking, stopTicking } = makeTicking({
    invoke: tick,
    maxConcurrency: environments.scheduler?.most ?? 0,
    report,
  });
  if (options.tickEveryMs !== undefined) startTicking(options.tickEveryMs);
  const stopReceiving = async (): Promise<void> => eventSource?.stop();
  // Does not wait for these two: their running invocations end when the environments end.
  stops.add(async () => {
    void stopReceiving();
    void stopTicking();
  });
  return {
    address: gateway.address,
    services,
    signingKeyId,
    env,
    invokeWorker: worker.invoke,
    tick,
    startTicking,
    stopTicking,
    stopReceiving,
    stop,
  };
}

/** Sends the first request, which connects and compiles for a tenth of a second, so that no user waits for it. */
async function sendFirstRequest(address: string, apiKey: string): Promise<void> {
  const response = await fetch(`${address}/health/deep`, { headers: { 'x-api-key': apiKey } });
  await response.text();
}

/** Makes the functions that start and stop the ticks. */
function makeTicking(
  options: Pick<Parameters<typeof startTicker>[0], 'invoke' | 'maxConcurrency' | 'report'>,
): Pick<Belfry, 'startTicking' | 'stopTicking'> {
  let ticker: Ticker | undefined;
  return {
    startTicking: (intervalMs) => {
      ticker = startTicker({ ...options, intervalMs, clock: systemClock });
    },
    stopTicking: async () => ticker?.stop(),
  };
}
