import { Worker } from 'node:worker_threads';
import type { StartHost } from './environment.ts';
import type { InsideData } from './serve-invocations.ts';

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
