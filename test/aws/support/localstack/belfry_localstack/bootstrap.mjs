// The runtime of one function: loads its handler, then answers invocations, each of which is a line of JSON.
// Its arguments are the descriptors that it reads requests from and writes answers to.
import { createReadStream, existsSync, writeSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** No such host can exist: its top-level domain is reserved (RFC 2606). custom_resource.py has the same name. */
const CUSTOM_RESOURCE_HOST = 'custom-resource-response.invalid';

const [requestFd, answerFd] = process.argv.slice(2).map(Number);
const env = process.env;

function answer(value) {
  let bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(answerFd, bytes));
}

const describe = (error) => ({
  errorType: error instanceof Error ? error.name : typeof error,
  errorMessage: error instanceof Error ? error.message : String(error),
  trace: error instanceof Error ? (error.stack ?? '').split('\n') : [],
});

/** The handlers of the CDK answer CloudFormation by https on port 443, also when its address has another scheme. The emulator has http. */
function leadAnswersToEmulator() {
  const emulator = new URL(env.AWS_ENDPOINT_URL);
  const { request } = https;
  https.request = (options, ...rest) =>
    options?.hostname === CUSTOM_RESOURCE_HOST
      ? http.request(
          Object.assign({}, options, { hostname: emulator.hostname, port: emulator.port }),
          ...rest,
        )
      : request(options, ...rest);
  syncBuiltinESMExports();
}

async function loadHandler() {
  const dot = env['_HANDLER'].lastIndexOf('.');
  const module = join(env.LAMBDA_TASK_ROOT, env['_HANDLER'].slice(0, dot));
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => module + extension)
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`there is no module ${module}`);
  const exported = await import(pathToFileURL(file).href);
  const name = env['_HANDLER'].slice(dot + 1);
  const handler = exported[name] ?? exported.default?.[name];
  if (typeof handler !== 'function') throw new Error(`${file} exports no function ${name}`);
  return handler;
}

function makeContext({ requestId, functionArn, timeoutMs }) {
  const deadlineMs = Date.now() + timeoutMs;
  return {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function serve(handler, request) {
  env['_X_AMZN_TRACE_ID'] = request.traceId;
  try {
    const result = await handler(JSON.parse(request.event), makeContext(request));
    answer({ result: JSON.stringify(result ?? null) });
  } catch (error) {
    answer({ error: describe(error) });
  }
}

leadAnswersToEmulator();
try {
  const handler = await loadHandler();
  answer({ ready: true });
  const requests = createInterface({ input: createReadStream('', { fd: requestFd }) });
  for await (const line of requests) await serve(handler, JSON.parse(line));
  // The emulator is gone, or has closed the pipe.
  process.exit(0);
} catch (error) {
  answer({ error: describe(error) });
}
