import { BroadcastChannel, threadId } from 'node:worker_threads';

/** A function to run in environments: it does what its event says. */

let invocations = 0;

type SampleEvent = {
  act:
    | 'count'
    | 'echo'
    | 'context'
    | 'env'
    | 'meet'
    | 'throw'
    | 'hang'
    | 'spin'
    | 'exit'
    | 'crash'
    | 'fill'
    | 'log';
  channel?: string;
};
type SampleContext = { functionName: string; awsRequestId: string; getRemainingTimeInMillis: () => number };

export async function handler(event: SampleEvent, context: SampleContext): Promise<unknown> {
  invocations += 1;
  switch (event.act) {
    case 'count':
      return { threadId, invocations };
    case 'echo':
      return event;
    case 'context':
      return { ...context, remainingMs: context.getRemainingTimeInMillis() };
    case 'env':
      return process.env;
    case 'meet':
      await meet(event.channel ?? '');
      return { threadId, invocations };
    case 'throw':
      throw new TypeError('as asked');
    case 'hang':
      return new Promise(() => {});
    case 'spin':
      for (;;);
    case 'exit':
      return process.exit(3);
    case 'crash':
      setImmediate(() => {
        throw new RangeError('outside the handler');
      });
      return new Promise(() => {});
    case 'fill': {
      const kept: number[][] = [];
      for (;;) kept.push(Array.from({ length: 100_000 }, Math.random));
    }
    case 'log':
      process.stdout.write('{"level":"WARN"}\n');
      return undefined;
  }
}

/** Reports that it has arrived, and waits until the test releases it. */
async function meet(name: string): Promise<void> {
  const channel = new BroadcastChannel(name);
  const toldToGoOn = new Promise((resolve) => {
    channel.addEventListener('message', (message) => {
      if ('data' in message && message.data === 'continue') resolve(undefined);
    });
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  channel.postMessage('arrived');
  await toldToGoOn;
  channel.close();
}
