import { fork } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostSettings, StartHost } from '../../../local/environments/environment-host.ts';
import type { Reply } from '../../../local/environments/serve-invocations.ts';

const INSIDE = fileURLToPath(new URL('process-inside.ts', import.meta.url));
/** A process that was asked to end is killed after this time. */
const KILL_AFTER_MS = 2_000;

/** A message to or from the modules that are loaded before a function. */
export type Note = { kind: string };

export type LiveProcess = {
  /** Unique among the processes of one host, such as `worker-3`. */
  name: string;
  pid: number;
  send: (note: Note) => void;
  /** @returns a function that ends the listening. */
  onNote: (listener: (note: Note) => void) => () => void;
};

export type ProcessHostOptions = {
  /** The name of the processes, to which each adds a number. */
  name: string;
  /** Modules that each process loads before the function: to instrument or to measure it. */
  imports?: readonly URL[];
  /** Options of Node; by default the heap options of the function. */
  execArgv?: (settings: HostSettings) => readonly string[];
  /** Variables in addition to the ones of the function. */
  env?: (name: string, env: Readonly<Record<string, string>>) => Record<string, string>;
  /** The most descriptors that a process may have open. */
  descriptors?: number;
};

/** Runs function environments in processes, so that each has its own memory and sockets and can be killed at any instruction. */
export function makeProcessHost(options: ProcessHostOptions): {
  startHost: StartHost;
  live: () => readonly LiveProcess[];
} {
  const { imports = [], execArgv = heapOptions, descriptors } = options;
  const live = new Map<number, LiveProcess>();
  let started = 0;

  const startHost: StartHost = (settings) => {
    started += 1;
    const name = `${options.name}-${started}`;
    const { functionName, entry, env, memoryMb, log } = settings;
    const nodeOptions = [...imports.flatMap((module) => ['--import', module.href]), ...execArgv(settings)];
    const child = fork(INSIDE, [JSON.stringify({ entry: entry.href, functionName, memoryMb })], {
      env: { ...env, ...options.env?.(name, env) },
      ...command(nodeOptions, descriptors),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C does not reach the child. It ends when this process closes the channel.
      detached: true,
    });
    for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', byLine(log));
    const { pid } = child;
    // Errors are ignored: the process may just have been killed.
    const send = (message: object | string): void => {
      if (child.connected) child.send(message, () => {});
    };
    const onNote = (listener: (note: Note) => void): (() => void) => {
      const passNote = (message: Reply | Note): void => {
        if (!isReply(message)) listener(message);
      };
      child.on('message', passNote);
      return () => child.off('message', passNote);
    };
    if (pid !== undefined) live.set(pid, { name, pid, send, onNote });
    const gone = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        if (pid !== undefined) live.delete(pid);
        resolve(signal === null ? `with exit code ${code}` : `by ${signal}`);
      });
    });
    return {
      post: send,
      onReply: (listener) =>
        child.on('message', (message: Reply | Note) => {
          if (isReply(message)) listener(message);
        }),
      onError: (listener) => child.on('error', listener),
      onExit: (listener) => void gone.then(listener),
      terminate: async () => {
        const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
        if (child.connected) child.disconnect();
        await gone;
        clearTimeout(timer);
      },
    };
  };
  return { startHost, live: () => [...live.values()] };
}

/** Without this glibc gives each thread its own arena, and V8 has a pool of threads. */
export const FRUGAL_ENV = { MALLOC_ARENA_MAX: '2' } as const;

/** Returns the options that give a function its heap, as Lambda does. */
export function heapOptions({ memoryMb, heap }: HostSettings): readonly string[] {
  if (heap === undefined) return [`--max-old-space-size=${memoryMb}`];
  return [`--max-semi-space-size=${heap.semiSpaceMb}`, `--max-old-space-size=${heap.oldSpaceMb}`];
}

/** Passes on whole lines, so that a line never mixes the output of several processes. */
function byLine(log: (text: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) log(`${line}\n`);
  };
}

function command(nodeOptions: readonly string[], descriptors: number | undefined) {
  if (descriptors === undefined) return { execArgv: [...nodeOptions] };
  const shell = ['-c', `ulimit -n ${descriptors} && exec "$0" "$@"`, process.execPath];
  return { execPath: '/bin/sh', execArgv: [...shell, ...nodeOptions] };
}

const isReply = (message: Reply | Note): message is Reply =>
  message.kind === 'ready' || message.kind === 'result' || message.kind === 'error';

/** Returns the name of a program's process, from its file name. */
export const programName = (entry: URL): string => basename(entry.pathname, '.ts');
