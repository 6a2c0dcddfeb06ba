import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { UnavailableError } from '../../lib/domain/errors.ts';
import { PayloadTooLargeError, TimedOutError } from '../../lib/api/errors.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { problemReply } from '../../lib/api/problem.ts';
import { jsonReply } from '../../lib/api/reply.ts';
import { routePath } from '../../lib/api/route-table.ts';
import { isPagePath } from '../../lib/page-path.ts';
import { LocalRunError } from '../data-dir/data-dir.ts';
import { InvocationError } from '../environments/environment.ts';
import { hostName, isLoopbackHost } from '../services/loopback-host.ts';
import { refuseMalformed } from './malformed-requests.ts';
import { preflightReply } from './preflight.ts';
import { splitTarget, toProxyEvent } from './proxy-event.ts';

export type Gateway = {
  /** The base URL for clients, without a slash at the end. */
  address: string;
  /** Accepts no new connections, and closes the remaining ones after `graceMs`. Further calls await the first. */
  stop: (graceMs: number) => Promise<void>;
};

export type GatewayOptions = {
  /** The port; 0 for any free port. */
  port: number;
  /** Invokes the API function. It must throw an UnavailableError while the function is not ready. */
  invoke: (event: APIGatewayProxyEvent) => Promise<unknown>;
  /** Invokes the function that serves the pages. @default the paths of pages are unknown paths of the API */
  invokePages?: ((event: APIGatewayProxyEvent) => Promise<unknown>) | undefined;
  /** Handlers by path that the gateway itself serves. They must not reject. */
  local: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>;
  /** Names that a `Host` header may have in addition to loopback names. */
  allowedHosts?: readonly string[];
  /** Origins whose pages may call the API; undefined allows none. Like API Gateway, this gateway answers their preflights. */
  corsOrigins?: readonly string[] | undefined;
  /** Called with one line for each request that the function did not answer. */
  report: (line: string) => void;
};

const MAX_PORT = 65_535;
/** Slightly above the API's own limit, so that the API itself reports which limit a body exceeds. */
const MAX_BODY_BYTES = apiLimits.batchBodyBytes + 65_536;

const proxyResult = z.object({
  statusCode: z.int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  multiValueHeaders: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()]))).optional(),
  body: z.string(),
  isBase64Encoded: z.boolean().optional(),
});

/** Starts an HTTP server on the loopback address that turns requests into API Gateway events. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { port, local, corsOrigins, invokePages } = options;
  const pages = invokePages && { ...options, invoke: invokePages };
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 30_000 });
  server.on('clientError', refuseMalformed);
  server.on('request', (request, response) => {
    // Closes idle connections. Otherwise a kept-alive connection would delay the close until it times out.
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    if (!isServed(request.headers.host, options.allowedHosts)) {
      misdirected(request, response);
      return;
    }
    const { path } = splitTarget(request.url ?? '/');
    const serve = Object.hasOwn(local, path) ? local[path] : undefined;
    if (serve !== undefined) void serve(request, response);
    else if (corsOrigins !== undefined && request.method === 'OPTIONS' && routePath(path) !== undefined)
      preflight(request, response, corsOrigins);
    else void proxy(request, response, pages !== undefined && isPagePath(path) ? pages : options);
  });
  await listen(server, port);
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  let closing: Promise<void> | undefined;
  return {
    address: `http://127.0.0.1:${boundPort}`,
    stop: (graceMs) => (closing ??= close(server, graceMs)),
  };
}

/** Returns true if requests for this host are served. Only HTTP/1.0 has no `Host`, and browsers do not use it. */
function isServed(host: string | undefined, allowed: readonly string[] = []): boolean {
  if (host === undefined || isLoopbackHost(host)) return true;
  const name = hostName(host);
  return name !== undefined && allowed.includes(name);
}

/** Refuses a foreign host name. A page whose own name resolves to this machine would otherwise share the API's origin. */
function misdirected(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const { statusCode, headers, body } = jsonReply(
    421,
    {
      type: 'about:blank',
      title: 'Misdirected Request',
      status: 421,
      detail:
        'this Belfry serves only localhost and 127.0.0.1; to use another host name, add it to BELFRY_ALLOWED_HOSTS',
      code: 'MISDIRECTED_REQUEST',
    },
    { 'content-type': 'application/problem+json' },
  );
  send(response, randomUUID(), { statusCode, headers: headers ?? {}, body });
}

function preflight(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  request.resume();
  send(response, randomUUID(), preflightReply(origins, request.headers.origin));
}

/** Returns a port to advise in place of one that cannot be used. */
export const otherPort = (port: number): number =>
  port < 1_024 ? 8_080 : port === MAX_PORT ? port - 1 : port + 1;

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason =
      code === 'EADDRINUSE'
        ? 'is in use'
        : code === 'EACCES'
          ? 'needs rights that your user does not have'
          : undefined;
    if (reason === undefined) throw error;
    throw new LocalRunError(`port ${port} ${reason}; choose another: PORT=${otherPort(port)} npm start`, {
      cause: error,
    });
  }
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

async function proxy(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayOptions,
): Promise<void> {
  const requestId = randomUUID();
  const body = await readBody(request);
  // The client disconnected.
  if (body === undefined) return;
  send(response, requestId, await resultOf(request, body, requestId, options));
}

async function resultOf(
  request: IncomingMessage,
  body: Buffer | 'too large',
  requestId: string,
  { invoke, report }: GatewayOptions,
): Promise<z.infer<typeof proxyResult>> {
  if (body === 'too large') return problemReply(new PayloadTooLargeError(apiLimits.batchBodyBytes));
  try {
    return proxyResult.parse(await invoke(toProxyEvent(request, body, requestId)));
  } catch (error) {
    if (error instanceof UnavailableError) return problemReply(error);
    if (error instanceof InvocationError && (error.kind === 'busy' || error.kind === 'stopped')) {
      return problemReply(new UnavailableError('the API', { cause: error, retryAfterSeconds: 1 }));
    }
    report(`request ${requestId} failed: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof InvocationError && error.kind === 'timed-out')
      return problemReply(new TimedOutError());
    return badGateway();
  }
}

const badGateway = (): APIGatewayProxyResult =>
  jsonReply(
    502,
    {
      type: 'about:blank',
      title: 'Bad Gateway',
      status: 502,
      detail: 'an internal error occurred; find it in the log of Belfry by the x-request-id of this response',
      code: 'INTERNAL_ERROR',
    },
    { 'content-type': 'application/problem+json' },
  );

/**
 * Reads a body; undefined if the client disconnected. It reads and drops bytes beyond the limit, because few clients read an
 * answer before they have sent the whole body.
 */
function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | undefined> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      request.resume();
      resolve('too large');
      return;
    }
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      resolve('too large');
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
  });
}

function send(response: ServerResponse, requestId: string, result: z.infer<typeof proxyResult>): void {
  const body = Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8');
  response.statusCode = result.statusCode;
  response.setHeader('x-request-id', requestId);
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value));
  for (const [name, values] of Object.entries(result.multiValueHeaders ?? {})) {
    response.setHeader(name, values.map(String));
  }
  if (result.statusCode !== 204 && result.statusCode !== 304)
    response.setHeader('content-length', body.length);
  response.end(body);
}
