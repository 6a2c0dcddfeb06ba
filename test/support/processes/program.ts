import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Calls, Reply } from './serve-calls.ts';

/** A program of the benchmark's own, in a process of its own, that answers calls, also several at once. */
export type Program<C extends Calls> = {
  pid: number;
  call: <Name extends keyof C & string>(
    name: Name,
    argument: Parameters<C[Name]>[0],
  ) => Promise<Awaited<ReturnType<C[Name]>>>;
  /** Ends it, and resolves when it is gone. */
  stop: () => Promise<void>;
  /** Resolves with how it ended. */
  gone: Promise<string>;
};

export type ProgramOptions = {
  /** All the variables it sees. */
  env?: Record<string, string>;
  execArgv?: readonly string[];
  /** Hears each line it writes to stdout. */
  onLine?: (line: string) => void;
};

type Pending = { resolve: (value: never) => void; reject: (error: Error) => void };

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
  const gone = once(child, 'exit').then(([code, signal]) => `${signal ?? `exit code ${code}`}`);
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });

  const pending = new Map<number, Pending>();
  let calls = 0;
  child.on('message', (reply: Reply<never>) => {
    const call = pending.get(reply.id);
    pending.delete(reply.id);
    if (reply.kind === 'result') call?.resolve(reply.value);
    else call?.reject(new Error(reply.message));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of pending.values()) {
      reject(new Error(`${entry.pathname} ended: ${signal ?? `exit code ${code}`}`));
    }
    pending.clear();
  });

  const request = (message: { name: string; argument: unknown }): Promise<never> =>
    new Promise((resolve, reject) => {
      const id = ++calls;
      pending.set(id, { resolve, reject });
      child.send({ ...message, id }, (error) => {
        if (error === null) return;
        pending.delete(id);
        reject(error);
      });
    });

  await request({ name: 'ready', argument: undefined });
  return {
    pid: child.pid ?? 0,
    call: (name, argument) => request({ name, argument }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
    gone,
  };
}
