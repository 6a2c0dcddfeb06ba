import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Calls, Reply } from './serve-calls.ts';

/** A program of the benchmark's own, in a process of its own, that answers calls one at a time. */
export type Program<C extends Calls> = {
  pid: number;
  call: <Name extends keyof C & string>(
    name: Name,
    argument: Parameters<C[Name]>[0],
  ) => Promise<Awaited<ReturnType<C[Name]>>>;
  /** Ends it, and resolves when it is gone. */
  stop: () => Promise<void>;
};

export type ProgramOptions = {
  /** All the variables it sees. */
  env?: Record<string, string>;
  execArgv?: readonly string[];
  /** Hears each line it writes to stdout. */
  onLine?: (line: string) => void;
};

export async function startProgram<C extends Calls>(
  entry: URL,
  options: ProgramOptions = {},
): Promise<Program<C>> {
  const { env = {}, execArgv = [], onLine = () => {} } = options;
  // Detached: Ctrl-C reaches it through us, by the end of the channel.
  const child = fork(fileURLToPath(entry), [], {
    env,
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: 'advanced',
    detached: true,
  });
  const gone = once(child, 'exit');
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });

  let pending: { resolve: (value: never) => void; reject: (error: Error) => void } | undefined;
  child.on('message', (reply: Reply<never>) => {
    const call = pending;
    pending = undefined;
    if (reply.kind === 'result') call?.resolve(reply.value);
    else call?.reject(new Error(reply.message));
  });
  child.once('exit', (code, signal) => {
    pending?.reject(new Error(`${entry.pathname} ended: ${signal ?? `exit code ${code}`}`));
    pending = undefined;
  });

  const request = (message: object): Promise<never> =>
    new Promise((resolve, reject) => {
      if (pending !== undefined) return reject(new Error('a program answers one call at a time'));
      pending = { resolve, reject };
      child.send(message, (error) => error && reject(error));
    });

  await request({ name: 'ready', argument: undefined });
  return {
    pid: child.pid ?? 0,
    call: (name, argument) => request({ name, argument }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
