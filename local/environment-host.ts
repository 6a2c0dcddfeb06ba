import { Worker } from 'node:worker_threads';
import type { InsideData, Invocation, Reply, Shutdown } from './serve-invocations.ts';

export type HostSettings = {
  functionName: string;
  /** The module that exports `handler`. */
  entry: URL;
  /** All the variables the function sees. */
  env: Record<string, string>;
  memoryMb: number;
  heap?: { semiSpaceMb: number; oldSpaceMb: number } | undefined;
  /** Takes what the function writes to stdout and stderr. */
  log: (text: string) => void;
};

/** What an environment runs in. Each listener is to be set once, before anything can happen. */
export type EnvironmentHost = {
  post: (message: Invocation | Shutdown) => void;
  onReply: (listener: (reply: Reply) => void) => void;
  /** Hears of what was thrown beside a handler, before the end that it brings. */
  onError: (listener: (error: unknown) => void) => void;
  onExit: (listener: (how: string) => void) => void;
  terminate: () => Promise<unknown>;
};

export type StartHost = (settings: HostSettings) => EnvironmentHost;

const THREAD = new URL('environment-thread.ts', import.meta.url);

/** A thread of this process: quick to start, and with modules, variables and heap of its own. */
export const startThread: StartHost = ({ functionName, entry, env, memoryMb, heap, log }) => {
  const workerData: InsideData = { entry: entry.href, functionName, memoryMb };
  const worker = new Worker(THREAD, {
    workerData,
    env,
    stdout: true,
    stderr: true,
    resourceLimits: {
      maxOldGenerationSizeMb: heap?.oldSpaceMb ?? memoryMb,
      ...(heap === undefined ? {} : { maxYoungGenerationSizeMb: 3 * heap.semiSpaceMb }),
    },
  });
  for (const output of [worker.stdout, worker.stderr]) output.setEncoding('utf8').on('data', log);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
    post: (message) => worker.postMessage(message),
    onReply: (listener) => worker.on('message', listener),
    onError: (listener) => worker.on('error', listener),
    onExit: (listener) => worker.once('exit', (code) => listener(`with exit code ${code}`)),
    terminate: () => worker.terminate(),
  };
};
