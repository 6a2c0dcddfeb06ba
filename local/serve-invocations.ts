/** What runs inside an environment: the function's module, and what AWS Lambda's runtime does around it. */

/** `entry` is the URL of the module that exports `handler`. */
export type InsideData = { entry: string; functionName: string; memoryMb: number };

/** Events and results travel as JSON, as they do on AWS: what JSON cannot hold is lost here too. */
export type Invocation = { requestId: string; deadlineMs: number; event: string };

/** Tells the environment that it will be ended: what runs should come to its end. */
export type Shutdown = 'shutdown';

export type Reply =
  | { kind: 'ready' }
  | { kind: 'result'; result: string | undefined }
  | { kind: 'error'; errorType: string; message: string };

type Handler = (event: unknown, context: object) => Promise<unknown>;

function contextOf({ requestId, deadlineMs }: Invocation, { functionName, memoryMb }: InsideData): object {
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

async function answer(handler: Handler, invocation: Invocation, data: InsideData): Promise<Reply> {
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation, data));
    return { kind: 'result', result: JSON.stringify(result) };
  } catch (error) {
    if (!(error instanceof Error)) return { kind: 'error', errorType: 'Error', message: String(error) };
    return { kind: 'error', errorType: error.name, message: error.message };
  }
}

export type Channel = {
  onMessage: (listener: (message: Invocation | Shutdown) => void) => void;
  reply: (message: Reply) => void;
};

/** Loads the function's module, says that it is ready, and serves what the environment sends. */
export async function serveInvocations({ onMessage, reply }: Channel, data: InsideData): Promise<void> {
  const { handler }: { handler?: Handler } = await import(data.entry);
  if (typeof handler !== 'function') throw new Error(`${data.entry} exports no handler`);
  onMessage((invocation) => {
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
