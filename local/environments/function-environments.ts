import { functions, type FunctionSettings, pageFunctions } from '../../lib/topology.ts';
import type { StartHost } from './environment-host.ts';
import { type Environments, makeEnvironments } from './environments.ts';

export type FunctionName = keyof typeof functions;

/**
 * Numbers of environments of a function: `most` run at once, and `warm` are started in advance and never ended. The others may
 * be idle for `idleMs`.
 */
export type HowMany = { most: number; warm: number; idleMs?: number };

type Options = {
  howMany: HowMany;
  /** The folder of the version whose functions run. */
  root?: URL;
  env: Record<string, string>;
  log: (text: string) => void;
  report: (line: string) => void;
  onLost?: (environmentId: string) => void;
  startHost?: StartHost;
};

/**
 * Maximum number of environments of each function on a laptop: each needs 50 to 100 MB, and the database uses the same cores.
 * Workers get the most, because a worker is busy until its slowest request ends, in the worst case 90 seconds.
 */
const LOCAL_CAP: Record<FunctionName, number> = { api: 4, scheduler: 2, worker: 10 };
/** One environment of each function starts before Belfry is ready, so that no request, tick or job waits for the first start. */
const KEEP_WARM = 1;
const MAX_WAITING = 200;
const IDLE_MS = 3 * 60_000;

const ROOT = new URL('../../', import.meta.url);

function maxEnvironments(name: FunctionName): number {
  return Math.min(functions[name].maxConcurrency, LOCAL_CAP[name]);
}

/** The numbers of environments of each function on a laptop. */
export const localEnvironments: Record<FunctionName, HowMany> = {
  api: { most: maxEnvironments('api'), warm: KEEP_WARM },
  scheduler: { most: maxEnvironments('scheduler'), warm: KEEP_WARM },
  worker: { most: maxEnvironments('worker'), warm: KEEP_WARM },
};

/** Returns how one of the topology's functions runs on this machine. @param root the folder of the version that runs. */
export function localFunction(name: FunctionName | keyof typeof pageFunctions, root = ROOT) {
  const all: Record<typeof name, FunctionSettings> = { ...functions, ...pageFunctions };
  const { entry, timeoutSeconds, memoryMb, heap } = all[name];
  return {
    functionName: `belfry-${name}`,
    entry: new URL(entry, root),
    timeoutMs: timeoutSeconds * 1_000,
    memoryMb,
    heap,
  };
}

/** Makes the environments of one of the topology's functions. */
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

/** Makes the environments of the function that serves pages. It starts at the first request, because the pages of few runs are opened. */
export function pageEnvironments(
  directory: string,
  { log, report }: Pick<Options, 'log' | 'report'>,
): Environments {
  return makeEnvironments({
    ...localFunction('ui'),
    env: { BELFRY_SITE_DIRECTORY: directory },
    maxEnvironments: 2,
    keepWarm: 0,
    idleMs: IDLE_MS,
    maxWaiting: MAX_WAITING,
    log,
    report,
  });
}
