import {
  type InsideData,
  type Invocation,
  serveInvocations,
  type Shutdown,
} from '../../../local/environments/serve-invocations.ts';

/** The program of a process with a function environment. Messages with a `kind` are for the modules loaded before it. */

const [data = ''] = process.argv.slice(2);
const inside: InsideData = JSON.parse(data);

// The parent process has closed the channel or has ended.
process.once('disconnect', () => process.exit());
await serveInvocations(
  {
    onMessage: (listener) =>
      process.on('message', (message: Invocation | Shutdown | { kind: string }) => {
        if (typeof message === 'string' || !('kind' in message)) listener(message);
      }),
    reply: (message) => process.send?.(message),
  },
  inside,
);
