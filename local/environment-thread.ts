import { parentPort, workerData } from 'node:worker_threads';

/** What runs inside an environment: the function's module, and what AWS Lambda's runtime does around it. */

/** `entry` is the URL of the module that exports `handler`. */
export type ThreadData = { entry: string; functionName: string; memoryMb: number };

/** Events and results travel as JSON, as they do on AWS: what JSON cannot hold is lost here too. */
export type Invocation = { requestId: string; deadlineMs: number; event: string };

/** Tells the environment that it will be ended: what runs should come to its end. */
export type Shutdown = 'shutdown';

export type ThreadReply =
  | { kind: 'ready' }
  | { kind: 'result'; result: string | undefined }
  | { kind: 'error'; errorType: string; message: string };

type Handler = (event: unknown, context: object) => Promise<unknown>;

function contextOf({ requestId, deadlineMs }: Invocation, { functionName, memoryMb }: ThreadData): object {
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function answer(handler: Handler, invocation: Invocation, data: ThreadData): Promise<ThreadReply> {
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation, data));
    return { kind: 'result', result: JSON.stringify(result) };
  } catch (error) {
    if (!(error instanceof Error)) return { kind: 'error', errorType: 'Error', message: String(error) };
    return { kind: 'error', errorType: error.name, message: error.message };
  }
}

async function serve(port: NonNullable<typeof parentPort>, data: ThreadData): Promise<void> {
  const { handler }: { handler?: Handler } = await import(data.entry);
  if (typeof handler !== 'function') throw new Error(`${data.entry} exports no handler`);
  const reply = (message: ThreadReply) => port.postMessage(message);
  port.on('message', (invocation: Invocation | Shutdown) => {
    if (invocation === 'shutdown') {
      // As AWS's runtime does it; in a thread the event stays inside.
      process.emit('SIGTERM', 'SIGTERM');
      return;
    }
    // A handler's own failure is a reply; what is thrown beside it ends the environment, as it does on AWS.
    void answer(handler, invocation, data).then(reply);
  });
  reply({ kind: 'ready' });
}

if (parentPort === null) throw new Error('this module is the inside of an environment; it runs in a thread');
await serve(parentPort, workerData);
