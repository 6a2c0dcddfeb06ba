import type { Note } from '../../support/processes/process-host.ts';
import { instrument } from './instrument.ts';
import { makeReachPoint } from './points.ts';

/** Loads into a process before its function: turns each write into a point, and makes the clock adjustable. */

export type InstrumentOptions = {
  /** The start of the points' names: `worker`, regardless of its version. */
  role: string;
  pointsDir: string;
  /** The URL of the generated module of this version, which has the Lua scripts. */
  embedded: string;
  /** How far the clock is off when the process starts. */
  clockOffsetMs: number;
};

/** The variable that holds the options. */
export const INSTRUMENT_VARIABLE = 'CHAOS_INSTRUMENT';

/** Sets the wall clock to the real time plus `offsetMs`; 0 corrects it. */
export type ClockStep = { kind: 'clock'; offsetMs: number };

const isClockStep = (note: Note): note is ClockStep => note.kind === 'clock';

/** Acts like a change of the machine's clock: the wall clock jumps, timers and the monotonic clock continue. */
function makeClock(): (offsetMs: number) => void {
  const realNow = Date.now;
  let offsetMs = 0;
  Date.now = () => realNow() + offsetMs;
  return (nextMs) => {
    offsetMs = nextMs;
  };
}

async function main(options: InstrumentOptions): Promise<void> {
  const step = makeClock();
  step(options.clockOffsetMs);
  const { luaScripts }: { luaScripts: Record<string, string> } = await import(options.embedded);
  instrument(makeReachPoint(options.pointsDir, options.role), luaScripts);
  process.on('message', (note: Note) => {
    if (isClockStep(note)) step(note.offsetMs);
  });
}

const { [INSTRUMENT_VARIABLE]: options } = process.env;
// Other modules import the variable's name outside of such a process.
if (options !== undefined) await main(JSON.parse(options));
