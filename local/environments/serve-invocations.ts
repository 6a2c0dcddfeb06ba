/** The code inside an environment. It loads the function's module, and does the work of AWS Lambda's runtime. */

/** `entry` is the URL of the module that exports `handler`. */
export type InsideData = { entry: string; functionName: string; memoryMb: number };

/** Events and results are sent as JSON, like on AWS, so values that JSON cannot represent are lost here too. */
export type Invocation = { requestId: string; deadlineMs: number; event: string };

/** Tells the environment that it will be ended and should finish its work. */
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

/** Loads the function's module, reports that it is ready, and serves the invocations that the environment sends. */
export async function serveInvocations({ onMessage, reply }: Channel, data: InsideData): Promise<void> {
  const { handler }: { handler?: Handler } = await import(data.entry);
  if (typeof handler !== 'function') throw new Error(`${data.entry} exports no handler`);
  onMessage((invocation) => {
    if (invocation === 'shutdown') {
      // AWS's runtime sends SIGTERM too. In a thread, the emitted event does not reach the process.
      process.emit('SIGTERM', 'SIGTERM');
      return;
    }
    // A handler's error is sent as a reply. An error outside of the handler ends the environment, like on AWS.
    void answer(handler, invocation, data).then(reply);
  });
  reply({ kind: 'ready' });
}
