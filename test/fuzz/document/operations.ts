import type { ApiKeyScope } from '../../../lib/domain/api-key.ts';
import type { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import { routes } from '../../../lib/topology.ts';
import { makeResolve, type Resolve, type Schema } from './schema.ts';

export type Parameter = { in: 'path' | 'query' | 'header'; name: string; required?: boolean; schema: Schema };

/** The parts of a documented operation that describe its requests. */
export type Operation = {
  /** Method and path, such as `GET /api/v1/jobs/{id}`. */
  key: string;
  method: string;
  path: string;
  /** Null when the operation needs no key. */
  scope: ApiKeyScope | 'any' | null;
  pathParameters: readonly Parameter[];
  queryParameters: readonly Parameter[];
  /** Undefined when the operation has no body. */
  body: Schema | undefined;
  /** Whether a request without a body is valid. */
  mayLackBody: boolean;
};

export type Api = { operations: readonly Operation[]; resolve: Resolve };

type DocumentedOperation = {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  security?: unknown[];
};

type Documented = {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
};

/** Reads every operation of the document. The document describes scopes only in prose, so they come from the topology. */
export function readApi(document: ReturnType<typeof makeOpenApiDocument>): Api {
  const { paths, components }: Documented = JSON.parse(JSON.stringify(document));
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => readOperation(path, verb.toUpperCase(), operation)),
  );
  return { operations, resolve: makeResolve(components.schemas) };
}

function readOperation(path: string, method: string, operation: DocumentedOperation): Operation {
  const { parameters = [], requestBody, security } = operation;
  const route = routes.find((each) => each.path === path && each.method === method);
  if (route === undefined || (route.scope === null) !== (security?.length === 0)) {
    throw new Error(`the document and the topology differ about ${method} ${path}`);
  }
  return {
    key: `${method} ${path}`,
    method,
    path,
    scope: route.scope,
    pathParameters: parameters.filter((parameter) => parameter.in === 'path'),
    queryParameters: parameters.filter((parameter) => parameter.in === 'query'),
    body: requestBody?.content['application/json']?.schema,
    mayLackBody: requestBody?.required === false,
  };
}
