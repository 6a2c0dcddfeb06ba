import type { Stage } from '../../support/services.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { timings, wakeUpQueue } from '../../../lib/topology.ts';
import { createApiKey } from '../../../lib/app/api-key.ts';
import { makeEnvironments, type Environments } from '../../../local/environments.ts';
import { startEventSource } from '../../../local/event-source.ts';
import { localFunction, type FunctionName } from '../../../local/function-environments.ts';
import { startGateway } from '../../../local/gateway.ts';
import type { RunFile } from '../../../local/run-file.ts';
import { prepareLocalDatabase } from '../../../local/schema.ts';
import { startTicker } from '../../../local/ticker.ts';
import {
  startProcessEnvironment,
  type ProcessEnvironment,
} from '../../support/processes/process-environment.ts';

export type BelfryOptions = {
  /** How many environments each function has, from the start to the end. */
  environments: Record<FunctionName, number>;
  /** Variables of the functions beside those of the stage. */
  functionEnv?: Record<string, string>;
  /** Whether the scheduler ticks by itself, each minute. */
  isTicking: boolean;
  /** Hears what the functions log, line by line. */
  onLine: (line: string) => void;
  /** Hears of what went wrong. */
  report: (line: string) => void;
};

export type RunningBelfry = Pick<RunFile, 'address' | 'apiKey'> & {
  /** All that live, each a process. */
  environments: () => ProcessEnvironment[];
  tick: () => Promise<unknown>;
  /** No further tick by itself; resolves when the one that runs has ended. */
  stopTicking: () => Promise<void>;
  stop: () => Promise<void>;
};

const GRACE_MS = 5_000;

/**
 * What `npm start` runs, on a stage of the benchmarks, with each function environment in a process of its own. Gateway,
 * ticks and event source, which on AWS are Amazon's, are in this process.
 */
export async function startBelfry(stage: Stage, options: BelfryOptions): Promise<RunningBelfry> {
  const { report } = options;
  const apiKey = createApiKey();
  await prepareLocalDatabase(stage.databaseUrl, apiKey, new Date());
  const live = new Map<string, ProcessEnvironment>();
  const compileCache = await fillCompileCache(stage);
  const open = makeOpen(stage, options, { live, compileCache });
  const api = open('api');
  const scheduler = open('scheduler');
  const worker = open('worker');
  await Promise.all([api.warm(), scheduler.warm(), worker.warm()]);

  const gateway = await startGateway({ port: 0, invoke: api.invoke, local: {}, report });
  const eventSource = startEventSource({
    client: stage.sqs,
    queueUrl: stage.queueUrl,
    batchSize: wakeUpQueue.batchSize,
    maxConcurrency: options.environments.worker,
    invoke: worker.invoke,
    report,
  });
  const tick = (): Promise<unknown> => scheduler.invoke({});
  const ticker = startTicker({
    invoke: options.isTicking ? tick : async () => {},
    intervalMs: timings.tickIntervalMs,
    maxConcurrency: options.environments.scheduler,
    clock: systemClock,
    report,
  });

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    void ticker.stop();
    void eventSource.stop();
    await Promise.all([scheduler.stop(GRACE_MS), worker.stop(GRACE_MS)]);
    await gateway.stop(GRACE_MS);
    await api.stop(GRACE_MS);
  };
  const stopOnce = (): Promise<void> => (stopping ??= stop());
  stage.atEnd(stopOnce);
  return {
    address: gateway.address,
    apiKey,
    environments: () => [...live.values()],
    tick,
    stopTicking: ticker.stop,
    stop: stopOnce,
  };
}

/** What loads after this finds its modules compiled, in the directory it returns. */
async function fillCompileCache(stage: Stage): Promise<string> {
  const compileCache = await stage.makeDirectory('compiled');
  const fill = async (name: FunctionName): Promise<void> => {
    const settings = { ...localFunction(name), env: stage.functionEnv, log: () => {} };
    const filler = startProcessEnvironment(settings, { name: 'filler', compileCache, onLine: () => {} });
    await filler.ready;
    await filler.terminate();
  };
  await Promise.all([fill('api'), fill('scheduler'), fill('worker')]);
  return compileCache;
}

/** Every environment has a name, by which PostgreSQL knows its connections. */
function makeOpen(
  stage: Stage,
  { environments, functionEnv, onLine, report }: BelfryOptions,
  { live, compileCache }: { live: Map<string, ProcessEnvironment>; compileCache: string },
): (functionName: FunctionName) => Environments {
  return (functionName) => {
    let started = 0;
    return makeEnvironments({
      ...localFunction(functionName),
      maxEnvironments: environments[functionName],
      keepWarm: environments[functionName],
      maxWaiting: 200,
      idleMs: 3 * 60_000,
      env: {},
      log: () => {},
      report,
      start: (settings) => {
        const name = `${functionName}-${++started}`;
        const databaseUrl = new URL(stage.databaseUrl);
        databaseUrl.searchParams.set('application_name', name);
        const env = {
          ...stage.functionEnv,
          DATABASE_URL: databaseUrl.href,
          BELFRY_LOG_LEVEL: 'WARN',
          BELFRY_MAX_WORKERS: String(environments.worker),
          // Counted as ever, and never in the way.
          BELFRY_RATE_LIMIT_PER_SECOND: '100000',
          BELFRY_RATE_LIMIT_BURST: '200000',
          ...functionEnv,
        };
        const environment = startProcessEnvironment({ ...settings, env }, { name, compileCache, onLine });
        live.set(name, environment);
        void environment.gone.then(() => live.delete(name)).catch(() => live.delete(name));
        return environment;
      },
    });
  };
}
