import { wakeUpBody } from '../../lib/sqs/wake-up.ts';
import { type EnvironmentSettings, startEnvironment } from '../../local/environments/environment.ts';
import { functionEnv } from '../../local/environments/function-env.ts';
import { type FunctionName, localFunction } from '../../local/environments/function-environments.ts';
import { LOCAL_TARGETS } from '../../local/settings.ts';
import { fillCompileCache } from '../../test/support/processes/compile-cache.ts';
import {
  FRUGAL_ENV,
  heapOptions,
  makeProcessHost,
  type ProcessHostOptions,
} from '../../test/support/processes/process-host.ts';
import type { Stage } from '../../test/support/services.ts';
import type { Measured } from './measured-function.ts';

export type Memory = {
  name: string;
  execArgv: NonNullable<ProcessHostOptions['execArgv']>;
  env: Record<string, string>;
};

/** The heap of the topology. */
export const DEPLOYED: Memory = { name: 'as deployed', execArgv: heapOptions, env: FRUGAL_ENV };

export const DEFAULT: Memory = { name: "Node's own", execArgv: () => [], env: {} };

export type FunctionEnvironment = {
  invoke: (event: unknown) => Promise<Measured>;
  stop: () => Promise<void>;
};

const MEASURED = new URL('measured-function.ts', import.meta.url);

const measure = (settings: EnvironmentSettings): EnvironmentSettings => ({
  ...settings,
  entry: MEASURED,
  env: { ...settings.env, BENCH_ENTRY: settings.entry.href },
});

/** Starts a function in a separate process, and measures each of its invocations there. */
export async function startFunctionEnvironment(
  stage: Stage,
  name: FunctionName,
  options: { memory?: Memory; profiling?: readonly string[]; env?: Record<string, string> } = {},
): Promise<FunctionEnvironment> {
  const { memory = DEPLOYED, profiling = [], env = {} } = options;
  const cache = await fillCompileCache(stage, [name], { wrap: measure });
  const host = makeProcessHost({
    name,
    execArgv: (settings) => [...memory.execArgv(settings), ...profiling],
    env: () => ({ ...memory.env, ...cache }),
  });
  const settings = localFunction(name);
  const environment = startEnvironment({
    ...settings,
    entry: MEASURED,
    env: {
      ...functionEnv({ functionEnv: { ...LOCAL_TARGETS, ...env } }, stage.services),
      BENCH_ENTRY: settings.entry.href,
    },
    // Without this, a line for each request would hide the progress of the benchmark.
    log: () => {},
    startHost: host.startHost,
  });
  await environment.ready;
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what measured-function.ts answers
    invoke: async (event) => (await environment.invoke(event)) as Measured,
    stop: environment.terminate,
  };
}

export type WorkerEnvironment = {
  /** Invokes the function with one wake-up. */
  wake: () => Promise<Measured>;
  stop: () => Promise<void>;
};

const WAKE_UP = { Records: [{ messageId: 'bench', body: wakeUpBody }] };

/** Makes the same for the worker. */
export async function startWorkerEnvironment(
  stage: Stage,
  memory: Memory,
  profiling: readonly string[],
): Promise<WorkerEnvironment> {
  const { invoke, stop } = await startFunctionEnvironment(stage, 'worker', { memory, profiling });
  return { wake: () => invoke(WAKE_UP), stop };
}
