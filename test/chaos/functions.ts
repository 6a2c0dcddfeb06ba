import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Environments, makeEnvironments } from '../../local/environments.ts';
import { localFunction, type FunctionName } from '../../local/function-environments.ts';
import { POINT_FOLDERS } from './environment/points.ts';
import {
  makeEnvironmentProcesses,
  type EnvironmentProcesses,
  type LiveEnvironment,
} from './environment/outside.ts';

export type Functions = {
  api: Environments;
  scheduler: Environments;
  worker: Environments;
  pointsDir: string;
  /** Those of a function that run now, of this version: an older one may go by its host's clock. */
  live: (name: FunctionName) => readonly LiveEnvironment[];
  /** How wrong the clocks of a function's environments are that start from now on. */
  startWith: (name: FunctionName, clockOffsetMs: number) => void;
  /** Environments of the worker of another version, on the same queue. */
  openWorker: (root: URL) => Environments;
  stop: () => Promise<void>;
};

/** Few, on two cores; enough of each that there are always several at once, and three ticks too. */
const ENVIRONMENTS: Record<FunctionName, { most: number; warm: number }> = {
  api: { most: 3, warm: 2 },
  scheduler: { most: 3, warm: 2 },
  worker: { most: 4, warm: 3 },
};
const MAX_WAITING = 200;
const IDLE_MS = 60_000;
const ROOT = new URL('../../', import.meta.url);

/** The functions, each environment a process of its own that runs the module that deploys. */
export function startFunctions(options: {
  directory: string;
  env: Record<string, string>;
  log: (text: string) => void;
  report: (line: string) => void;
}): Functions {
  const { directory, env, log, report } = options;
  const pointsDir = join(directory, 'points');
  for (const folder of POINT_FOLDERS) mkdirSync(join(pointsDir, folder), { recursive: true });
  const processes = new Map<FunctionName, EnvironmentProcesses>();
  const opened: Environments[] = [];

  const open = (name: FunctionName, root: URL, { most, warm } = ENVIRONMENTS[name]): Environments => {
    const running = makeEnvironmentProcesses({ role: name, pointsDir, root });
    if (root === ROOT) processes.set(name, running);
    const settings = localFunction(name, root);
    const environments = makeEnvironments({
      ...settings,
      env: {
        ...env,
        AWS_LAMBDA_FUNCTION_NAME: settings.functionName,
        // What is compiled once is read by all that start later.
        NODE_COMPILE_CACHE: join(directory, 'compiled'),
      },
      startHost: running.startHost,
      maxEnvironments: most,
      keepWarm: warm,
      maxWaiting: MAX_WAITING,
      idleMs: IDLE_MS,
      log,
      report,
    });
    opened.push(environments);
    return environments;
  };

  return {
    api: open('api', ROOT),
    scheduler: open('scheduler', ROOT),
    worker: open('worker', ROOT),
    pointsDir,
    live: (name) => processes.get(name)?.live() ?? [],
    startWith: (name, clockOffsetMs) => processes.get(name)?.startWith(clockOffsetMs),
    openWorker: (root) => open('worker', root, { most: 2, warm: 0 }),
    stop: async () => {
      await Promise.all(opened.map((environments) => environments.stop(0)));
    },
  };
}
