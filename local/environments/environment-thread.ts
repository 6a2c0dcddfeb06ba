import { enableCompileCache, flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData } from './environment-host.ts';
import { serveInvocations } from './serve-invocations.ts';

if (parentPort === null) throw new Error('this module runs only in the thread of an environment');
const port = parentPort;
const data: ThreadData = workerData;
// A thread does not share the compile cache of its process by itself. Node does not write the cache of a thread that is terminated,
// and writing it for the first time takes too long for a thread that already serves.
if (data.compileCache !== undefined) enableCompileCache(data.compileCache);
await import(data.entry);
flushCompileCache();
await serveInvocations(
  {
    onMessage: (listener) => port.on('message', listener),
    reply: (message) => port.postMessage(message),
  },
  data,
);
