import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StartHost } from '../../local/environments/environment-host.ts';
import type { FunctionName, HowMany } from '../../local/environments/function-environments.ts';
import {
  type InstrumentedProcesses,
  makeInstrumentedProcesses,
} from './environment/instrumented-processes.ts';
import { OLD_WORKER } from './journal/types.ts';
import { POINT_FOLDERS } from './environment/points.ts';

export type Functions = {
  pointsDir: string;
  /** Starts the processes that a function's environments run in. */
  start: (name: FunctionName) => StartHost;
  /** Starts the processes of another version's worker. */
  startOldWorker: (root: URL) => StartHost;
  /** Running environments of a function, of this version only: an older version may use its host's clock. */
  live: (name: FunctionName) => ReturnType<InstrumentedProcesses['live']>;
  /** Sets how far the clocks of a function's future environments are off. */
  startWith: (name: FunctionName, clockOffsetMs: number) => void;
};

const IDLE_MS = 60_000;

/** Few environments, for two cores; enough that each function always has several and that three ticks can overlap. */
export const ENVIRONMENTS: Record<FunctionName, HowMany> = {
  api: { most: 3, warm: 2, idleMs: IDLE_MS },
  scheduler: { most: 3, warm: 2, idleMs: IDLE_MS },
  worker: { most: 4, warm: 3, idleMs: IDLE_MS },
};

const ROOT = new URL('../../', import.meta.url);

/** Makes the processes of the functions; each runs the deployed module. */
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
      makeInstrumentedProcesses({ name: OLD_WORKER, role: 'worker', pointsDir, root }).startHost,
    live: (name) => processes[name].live(),
    startWith: (name, clockOffsetMs) => processes[name].startWith(clockOffsetMs),
  };
}
