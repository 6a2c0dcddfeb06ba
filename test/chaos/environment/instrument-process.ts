import type { Note } from '../../support/processes/process-host.ts';
import { instrument } from './instrument.ts';
import { makeReachPoint } from './points.ts';

/** Loaded before a function, into its process: makes its writes points, and its clock one that can be stepped. */

export type InstrumentOptions = {
  /** What the points are named by: `worker` whichever version it is. */
  role: string;
  pointsDir: string;
  /** The URL of the version's generated module, which has its Lua scripts. */
  embedded: string;
  /** How wrong its clock is when it starts. */
  clockOffsetMs: number;
};

/** The variable that holds the options. */
export const INSTRUMENT_VARIABLE = 'CHAOS_INSTRUMENT';

/** Steps the wall clock by so much from what it really is; 0 sets it right. */
export type ClockStep = { kind: 'clock'; offsetMs: number };

const isClockStep = (note: Note): note is ClockStep => note.kind === 'clock';

/** As when somebody sets the machine's clock: the wall clock jumps, timers and the monotonic clock go on. */
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
// The name of the variable is imported outside of such a process as well.
if (options !== undefined) await main(JSON.parse(options));
