import { createDocument, type ZodOpenApiObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import * as z from 'zod';
import { type Route, routes } from '../topology.ts';
import { version } from '../version.ts';
import { IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY } from './idempotency-key.ts';
import { operations } from './openapi-operations.ts';
import { type Operation, tags } from './operations/parts.ts';
import { problemResponsesFor, type ProblemStatus } from './openapi-responses.ts';
import { reasonHeaders } from './reason-header.ts';
import { routeKey } from './route-table.ts';

/** Makes the OpenAPI 3.1 document from the schemas that parse requests and give responses their types. */
export function makeOpenApiDocument() {
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'Belfry',
      version,
      description:
        'A job is a schedule and a URL. Belfry calls the URL when the schedule is due. Every route that supports GET also supports HEAD.',
      contact: { name: 'Belfry maintainers' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    // A request needs one of them.
    security: [{ bearer: [] }, { apiKey: [] }],
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The API key. It has precedence over X-API-Key.',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        token: {
          type: 'apiKey',
          in: 'query',
          name: 'token',
          description: 'Only for `GET /calendar.ics`: a key whose only scope is `calendar`.',
        },
      },
    },
    paths: makePaths(),
  };
  // The body of a job is any JSON value, so its schema is empty.
  return createDocument(document, { allowEmptySchema: { custom: true } });
}

let cached: ReturnType<typeof makeOpenApiDocument> | undefined;

/**
 * Returns the document as JSON. It is made at the first call, because few environments receive a request for it.
 *
 * @param basePath the prefix of all paths on this host, such as `/v1` for a stage of API Gateway.
 */
export function openApiJson(basePath = ''): string {
  cached ??= makeOpenApiDocument();
  return JSON.stringify({ ...cached, servers: [{ url: basePath === '' ? '/' : basePath }] });
}

const idempotencyHeaders = {
  [IDEMPOTENCY_KEY]: z
    .string()
    .exactOptional()
    .meta({
      description:
        'Makes it safe to send the request again: within 24 hours, the same request with the same key gets the stored ' +
        `answer. A string in double quotes of 1 to ${MAX_IDEMPOTENCY_KEY} ASCII characters, such as a UUID.`,
      examples: ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    }),
};

/** Adds headers to the parameters of an operation, which may have others. */
function withHeaders(
  { requestParams = {} }: Operation,
  headers: Record<string, z.ZodType>,
): Pick<Operation, 'requestParams'> {
  if (Object.keys(headers).length === 0) return {};
  const { header } = requestParams;
  const others = header instanceof z.ZodObject ? header.shape : {};
  return { requestParams: { ...requestParams, header: z.object({ ...others, ...headers }) } };
}

/** The headers that all changes have, and all requests with a body to create something. */
const headersOf = ({ method, scope }: Route): Record<string, z.ZodType> => ({
  ...(method === 'POST' && idempotencyHeaders),
  ...(method !== 'GET' && (scope === 'write' || scope === 'admin') && reasonHeaders),
});

const describeScope = (scope: string): string =>
  scope === 'any'
    ? 'Every valid key may use it, regardless of its scopes.'
    : `Requires the scope \`${scope}\`.`;

/** Returns the description of an operation, with the scope that it requires. */
const describe = (scope: string, { description }: Pick<Operation, 'description'>): string =>
  [description, describeScope(scope)].filter(Boolean).join(' ');

const isKeyInQuery = ({ keyIn }: Route): boolean => keyIn === 'query';

function makePaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const { problems, responses, ...operation } = operations[routeKey(route)];
    const common: ProblemStatus[] =
      route.scope === null ? [414, 429, 431, 500, 503] : [400, 401, 403, 414, 429, 431, 500, 503];
    if (route.method === 'POST') common.push(409, 422);
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: {
        ...operation,
        ...withHeaders(operations[routeKey(route)], headersOf(route)),
        ...(route.scope === null ? { security: [] } : { description: describe(route.scope, operation) }),
        ...(isKeyInQuery(route) && { security: [{ bearer: [] }, { apiKey: [] }, { token: [] }] }),
        responses: { ...problemResponsesFor([...common, ...problems]), ...responses },
      },
    };
  }
  return paths;
}
