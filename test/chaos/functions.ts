import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StartHost } from '../../local/environment-host.ts';
import type { FunctionName, HowMany } from '../../local/function-environments.ts';
import {
  type InstrumentedProcesses,
  makeInstrumentedProcesses,
} from './environment/instrumented-processes.ts';
import { POINT_FOLDERS } from './environment/points.ts';

export type Functions = {
  pointsDir: string;
  /** What the environments of a function run in. */
  start: (name: FunctionName) => StartHost;
  /** The same for the worker of another version. */
  startOldWorker: (root: URL) => StartHost;
  /** Those of a function that run now, of this version: an older one may go by its host's clock. */
  live: (name: FunctionName) => ReturnType<InstrumentedProcesses['live']>;
  /** How wrong the clocks of a function's environments are that start from now on. */
  startWith: (name: FunctionName, clockOffsetMs: number) => void;
};

const IDLE_MS = 60_000;

/** Few, on two cores; enough of each that there are always several at once, and three ticks too. */
export const ENVIRONMENTS: Record<FunctionName, HowMany> = {
  api: { most: 3, warm: 2, idleMs: IDLE_MS },
  scheduler: { most: 3, warm: 2, idleMs: IDLE_MS },
  worker: { most: 4, warm: 3, idleMs: IDLE_MS },
};

const ROOT = new URL('../../', import.meta.url);

/** Processes for the functions, each of which runs the module that deploys. */
export function makeFunctions(directory: string): Functions {
  const pointsDir = join(directory, 'points');
  for (const folder of POINT_FOLDERS) mkdirSync(join(pointsDir, folder), { recursive: true });
  const open = (name: FunctionName): InstrumentedProcesses =>
    makeInstrumentedProcesses({ name: `belfry-${name}`, role: name, pointsDir, root: ROOT });
  const processes = { api: open('api'), scheduler: open('scheduler'), worker: open('worker') };
  return {
    pointsDir,
    start: (name) => processes[name].startHost,
    startOldWorker: (root) =>
      makeInstrumentedProcesses({ name: 'old-worker', role: 'worker', pointsDir, root }).startHost,
    live: (name) => processes[name].live(),
    startWith: (name, clockOffsetMs) => processes[name].startWith(clockOffsetMs),
  };
}
