import { parentPort, workerData } from 'node:worker_threads';
import { serveInvocations } from './serve-invocations.ts';

if (parentPort === null) throw new Error('this module runs only in the thread of an environment');
const port = parentPort;
await serveInvocations(
  {
    onMessage: (listener) => port.on('message', listener),
    reply: (message) => port.postMessage(message),
  },
  workerData,
);
