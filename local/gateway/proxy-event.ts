import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';

type Values = Record<string, string>;
type MultiValues = Record<string, string[]>;

/** Turns a request into the event of API Gateway (REST, proxy integration), with everything that a function can see. */
export function toProxyEvent(
  request: IncomingMessage,
  body: Buffer,
  requestId: string,
): APIGatewayProxyEvent {
  const { path, query } = splitTarget(request.url ?? '/');
  const headers = collect(headerPairs(request.rawHeaders));
  const parameters = collect(new URLSearchParams(query));
  const isText = isUtf8(body);
  const method = request.method ?? 'GET';
  const nowMs = Date.now();
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: headers.last,
    multiValueHeaders: headers.all,
    queryStringParameters: nullIfEmpty(parameters.last),
    multiValueQueryStringParameters: nullIfEmpty(parameters.all),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    body: body.length === 0 ? null : body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      authorizer: null,
      httpMethod: method,
      identity: identityOf(request),
      path,
      protocol: `HTTP/${request.httpVersion}`,
      requestId,
      requestTime: new Date(nowMs).toISOString(),
      requestTimeEpoch: nowMs,
      resourceId: 'local',
      resourcePath: '/{proxy+}',
      stage: 'local',
    },
  };
}

/** Splits a request target. `new URL` is not used for paths, because it reads `//path` as a host and resolves `..`. */
export function splitTarget(target: string): { path: string; query: string } {
  if (!target.startsWith('/') && URL.canParse(target)) {
    const { pathname, search } = new URL(target);
    return { path: pathname, query: search };
  }
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark) };
}

/** Collects values by name: all of them, and the last one for fields that hold a single value. */
function collect(pairs: Iterable<[string, string]>): { last: Values; all: MultiValues } {
  const last = new Map<string, string>();
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    last.set(name, value);
    const values = all.get(name);
    if (values === undefined) all.set(name, [value]);
    else values.push(value);
  }
  // Object.fromEntries treats `__proto__` like any other name.
  return { last: Object.fromEntries(last), all: Object.fromEntries(all) };
}

function* headerPairs(raw: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] ?? '', raw[i + 1] ?? ''];
}

function nullIfEmpty<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values;
}

function identityOf(request: IncomingMessage): APIGatewayProxyEvent['requestContext']['identity'] {
  return {
    accessKey: null,
    accountId: null,
    apiKey: null,
    apiKeyId: null,
    caller: null,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    user: null,
    userAgent: request.headers['user-agent'] ?? null,
    userArn: null,
  };
}
