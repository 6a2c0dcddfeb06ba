import { functions, type FunctionSettings } from '../lib/topology.ts';
import type { StartHost } from './environment-host.ts';
import { type Environments, makeEnvironments } from './environments.ts';

export type FunctionName = keyof typeof functions;

/** Environments of a function: `most` at once, of which `warm` are started ahead and stay; one beyond these may be idle for `idleMs`. */
export type HowMany = { most: number; warm: number; idleMs?: number };

type Options = {
  howMany: HowMany;
  /** Where the version is whose functions run. */
  root?: URL;
  env: Record<string, string>;
  log: (text: string) => void;
  report: (line: string) => void;
  onLost?: (environmentId: string) => void;
  startHost?: StartHost;
};

/**
 * Environments of a function on a laptop, at most: each takes 50 to 100 MB, and the database is on the same cores.
 * A worker is held by its slowest request, for 90 seconds at worst, so of these it needs the most.
 */
const LOCAL_CAP: Record<FunctionName, number> = { api: 4, scheduler: 2, worker: 10 };
/** One of each, started before Belfry says that it is ready: no request, tick or job is to wait for the first. */
const KEEP_WARM = 1;
const MAX_WAITING = 200;
const IDLE_MS = 3 * 60_000;

const ROOT = new URL('../', import.meta.url);

function maxEnvironments(name: FunctionName): number {
  return Math.min(functions[name].maxConcurrency, LOCAL_CAP[name]);
}

/** How many environments of each function a laptop runs. */
export const localEnvironments: Record<FunctionName, HowMany> = {
  api: { most: maxEnvironments('api'), warm: KEEP_WARM },
  scheduler: { most: maxEnvironments('scheduler'), warm: KEEP_WARM },
  worker: { most: maxEnvironments('worker'), warm: KEEP_WARM },
};

/** How one of the topology's functions runs here. @param root of the version that runs. */
export function localFunction(name: FunctionName, root = ROOT) {
  const { entry, timeoutSeconds, memoryMb, heap }: FunctionSettings = functions[name];
  return {
    functionName: `belfry-${name}`,
    entry: new URL(entry, root),
    timeoutMs: timeoutSeconds * 1_000,
    memoryMb,
    heap,
  };
}

/** The environments of one of the topology's functions. */
export function functionEnvironments(
  name: FunctionName,
  { env, howMany, root, ...options }: Options,
): Environments {
  const settings = localFunction(name, root);
  return makeEnvironments({
    ...settings,
    env: {
      ...env,
      AWS_LAMBDA_FUNCTION_NAME: settings.functionName,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    },
    maxEnvironments: howMany.most,
    keepWarm: howMany.warm,
    idleMs: howMany.idleMs ?? IDLE_MS,
    maxWaiting: MAX_WAITING,
    ...options,
  });
}
