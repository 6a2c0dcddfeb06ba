import type { StartHost } from '../../../local/environments/environment-host.ts';
import { makeProcessHost } from '../../support/processes/process-host.ts';
import { INSTRUMENT_VARIABLE, type ClockStep, type InstrumentOptions } from './instrument-process.ts';

/** The file descriptors that Lambda allows an environment. */
const DESCRIPTORS = 1_024;

const INSTRUMENT = new URL('instrument-process.ts', import.meta.url);

export type LiveEnvironment = {
  /** Unique in a run; the writer's name in PostgreSQL's log of transitions. */
  name: string;
  pid: number;
  /** How far the clock was off when the environment started. */
  clockOffsetMs: number;
  stepClock: (offsetMs: number) => void;
};

export type InstrumentedProcesses = {
  startHost: StartHost;
  live: () => readonly LiveEnvironment[];
  /** Sets how far the clocks of future environments are off. */
  startWith: (clockOffsetMs: number) => void;
};

/**
 * Runs environments in processes that can be killed at each write. Nothing of a killed process continues, and the kernel closes
 * its connections, as for a function whose machine is gone.
 *
 * @param options.name names the processes; `role` the points.
 */
export function makeInstrumentedProcesses(options: {
  name: string;
  role: string;
  pointsDir: string;
  root: URL;
}): InstrumentedProcesses {
  const { role, pointsDir, root } = options;
  const embedded = new URL('lib/generated/embedded.ts', root).href;
  const offsets = new Map<string, number>();
  let clockOffsetMs = 0;
  const host = makeProcessHost({
    name: options.name,
    imports: [INSTRUMENT],
    execArgv: ({ heap }) => (heap === undefined ? [] : [`--max-semi-space-size=${heap.semiSpaceMb}`]),
    descriptors: DESCRIPTORS,
    env: (name) => {
      offsets.set(name, clockOffsetMs);
      const instrumented: InstrumentOptions = { role, pointsDir, embedded, clockOffsetMs };
      // PostgreSQL knows from the connection which environment writes.
      return {
        PGOPTIONS: `-c chaos.environment=${name}`,
        [INSTRUMENT_VARIABLE]: JSON.stringify(instrumented),
      };
    },
  });
  return {
    startHost: host.startHost,
    live: () =>
      host.live().map(({ name, pid, send }) => ({
        name,
        pid,
        clockOffsetMs: offsets.get(name) ?? 0,
        stepClock: (offsetMs) => {
          const step: ClockStep = { kind: 'clock', offsetMs };
          send(step);
        },
      })),
    startWith: (offsetMs) => {
      clockOffsetMs = offsetMs;
    },
  };
}
