import type { FunctionEnvironmentCalls } from './function-environment.ts';
import { startProgram, type Program } from './program.ts';
import { InvocationError, type Environment, type EnvironmentSettings } from '../../../local/environment.ts';

const PROGRAM = new URL('./function-environment.ts', import.meta.url);

/** `liveBytes` is what the heap holds after a collection, with what lies outside of it for its objects. */
export type Memory = { liveBytes: number; rssBytes: number };

export type ProcessEnvironment = Environment & {
  name: string;
  pid: () => number;
  /** Collects garbage first, for some 10 ms. */
  memory: () => Promise<Memory>;
};

export type ProcessOptions = {
  name: string;
  /** For Node's compile cache: with it no process has the compiler of TypeScript in its memory, as none has on AWS. */
  compileCache: string;
  /** Hears each line that the function logs. */
  onLine: (line: string) => void;
};

/** A function environment that is a process, so that its memory and its sockets are nobody else's. */
export function startProcessEnvironment(
  { entry, env, timeoutMs, memoryMb, heap }: EnvironmentSettings,
  { name, compileCache, onLine }: ProcessOptions,
): ProcessEnvironment {
  let endedBy: InvocationError | undefined;
  const end = (kind: InvocationError['kind'], message: string): InvocationError =>
    (endedBy ??= new InvocationError(kind, message));
  const starting = startProgram<FunctionEnvironmentCalls>(PROGRAM, {
    env: { ...env, MALLOC_ARENA_MAX: '2', NODE_COMPILE_CACHE: compileCache },
    execArgv: ['--expose-gc', ...heapOptions(memoryMb, heap)],
    onLine,
  });
  let program: Program<FunctionEnvironmentCalls> | undefined;
  const load = async (): Promise<void> => {
    program = await starting;
    await program.call('load', entry.href);
  };
  const gone = starting.then(async (started) => {
    const how = await started.gone;
    const error = end('crashed', `ended: ${how}`);
    return error.kind === 'stopped' ? undefined : error.message;
  });
  const running = (): Program<FunctionEnvironmentCalls> => {
    if (endedBy !== undefined) throw endedBy;
    if (program === undefined) throw new Error(`${name} is not loaded yet`);
    return program;
  };

  return {
    name,
    ready: load(),
    pid: () => running().pid,
    memory: () => running().call('memory', undefined),
    invoke: async (event) => {
      const own = running();
      const timer = setTimeout(() => {
        end('timed-out', `Task timed out after ${timeoutMs / 1_000} seconds`);
        // What is called rejects.
        void own.stop();
      }, timeoutMs);
      try {
        return (await own.call('invoke', { event, timeoutMs })).result;
      } catch (error) {
        if (endedBy !== undefined) throw endedBy;
        throw new InvocationError('failed', error instanceof Error ? error.message : String(error));
      } finally {
        clearTimeout(timer);
      }
    },
    shutDown: () => void program?.call('shutDown', undefined).catch(() => {}),
    terminate: async () => {
      end('stopped', 'the environment was stopped');
      await (await starting).stop();
    },
    gone,
    hasEnded: () => endedBy !== undefined,
  };
}

function heapOptions(memoryMb: number, heap: EnvironmentSettings['heap']): string[] {
  if (heap === undefined) return [`--max-old-space-size=${memoryMb}`];
  return [`--max-semi-space-size=${heap.semiSpaceMb}`, `--max-old-space-size=${heap.oldSpaceMb}`];
}
