import type { InsideData, Invocation, Shutdown } from '../../../local/serve-invocations.ts';
import { serveInvocations } from '../../../local/serve-invocations.ts';
import { instrument } from './instrument.ts';
import { makeReachPoint } from './points.ts';

/** What runs in a process of its own: a function environment whose writes are points and whose clock can be stepped. */

export type InsideOptions = InsideData & {
  /** What the points are named by: `worker` whichever version it is. */
  role: string;
  pointsDir: string;
  /** The URL of the version's generated module, which has its Lua scripts. */
  embedded: string;
  /** How wrong its clock is when it starts. */
  clockOffsetMs: number;
};

/** Steps the wall clock by so much from what it really is; 0 sets it right. */
export type ClockStep = { kind: 'clock'; offsetMs: number };

export type Message = Invocation | Shutdown | ClockStep;

function isClockStep(message: Message): message is ClockStep {
  return typeof message === 'object' && 'kind' in message;
}

/** As when somebody sets the machine's clock: the wall clock jumps, timers and the monotonic clock go on. */
function makeClock(): (offsetMs: number) => void {
  const realNow = Date.now;
  let offsetMs = 0;
  Date.now = () => realNow() + offsetMs;
  return (nextMs) => {
    offsetMs = nextMs;
  };
}

async function main(options: InsideOptions): Promise<void> {
  const step = makeClock();
  step(options.clockOffsetMs);
  const { luaScripts }: { luaScripts: Record<string, string> } = await import(options.embedded);
  instrument(makeReachPoint(options.pointsDir, options.role), luaScripts);
  process.on('message', (message: Message) => {
    if (isClockStep(message)) step(message.offsetMs);
  });
  // The harness has gone, however it went.
  process.once('disconnect', () => process.exit());
  await serveInvocations(
    {
      onMessage: (listener) =>
        process.on('message', (message: Message) => {
          if (!isClockStep(message)) listener(message);
        }),
      reply: (message) => process.send?.(message),
    },
    options,
  );
}

const [options = ''] = process.argv.slice(2);
await main(JSON.parse(options));
