import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { InsideData, Invocation, Reply, Shutdown } from './serve-invocations.ts';

export type HostSettings = {
  functionName: string;
  /** The module that exports `handler`. */
  entry: URL;
  /** All environment variables of the function. */
  env: Record<string, string>;
  memoryMb: number;
  heap?: { semiSpaceMb: number; oldSpaceMb: number } | undefined;
  /** Receives the function's output on stdout and stderr. */
  log: (text: string) => void;
};

/** The thread or process of an environment. Set each listener once, before any event can happen. */
export type EnvironmentHost = {
  post: (message: Invocation | Shutdown) => void;
  onReply: (listener: (reply: Reply) => void) => void;
  /** Called for an error that was thrown outside of a handler, before it ends the environment. */
  onError: (listener: (error: unknown) => void) => void;
  onExit: (listener: (how: string) => void) => void;
  terminate: () => Promise<unknown>;
};

export type StartHost = (settings: HostSettings) => EnvironmentHost;

const THREAD = new URL('environment-thread.ts', import.meta.url);

/** What a thread starts with. `compileCache` is the directory of the process's compile cache. */
export type ThreadData = InsideData & { compileCache: string | undefined };

/** Starts a thread of this process. It starts quickly, and has its own modules, variables and heap. */
export const startThread: StartHost = ({ functionName, entry, env, memoryMb, heap, log }) => {
  const ofThisVersion = getCompileCacheDir();
  const compileCache = ofThisVersion && dirname(ofThisVersion);
  const workerData: ThreadData = { entry: entry.href, functionName, memoryMb, compileCache };
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
