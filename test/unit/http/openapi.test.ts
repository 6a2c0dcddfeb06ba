import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { makeOpenApiDocument, openApiJson } from '../../../lib/http/openapi.ts';
import { routes } from '../../../lib/topology.ts';

const document = makeOpenApiDocument();
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' && typeof item === 'string' ? [item] : refsIn(item),
  );
}

describe('the OpenAPI document', () => {
  test('has an operation for each route and no other', () => {
    const documented = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(documented.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  test('names each operation once, with a summary', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(routes.length);
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([]);
  });

  test('refers only to what it has', () => {
    const refs = [...new Set(refsIn(document))];
    expect(refs).toContain('#/components/schemas/Job');
    expect(refs.filter((ref) => ajv.getSchema(`openapi${ref}`) === undefined)).toEqual([]);
  });

  test('has the components by their names', () => {
    expect(Object.keys(document.components?.schemas ?? {})).toEqual(
      expect.arrayContaining([
        'Job',
        'NewJob',
        'NewJobs',
        'JobPatch',
        'JobSchedule',
        'JobExecution',
        'QueueStats',
        'Health',
        'Problem',
        'ApiKey',
        'NewApiKey',
      ]),
    );
  });

  test('holds only sound schemas', () => {
    const strict = new Ajv2020({ strict: true, allowUnionTypes: true, validateSchema: true });
    addFormats.default(strict);
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      strict.addSchema(schema, `#/components/schemas/${name}`);
    }
    for (const name of Object.keys(document.components?.schemas ?? {})) {
      expect(strict.getSchema(`#/components/schemas/${name}`), name).toBeTypeOf('function');
    }
  });

  test.each(operations)('declares the parameters in $path for $method', ({ path, operation }) => {
    const inPath = (operation.parameters ?? []).filter(
      (parameter: { in?: string; required?: boolean }) =>
        parameter.in === 'path' && parameter.required === true,
    );
    expect(inPath.map((parameter: { name: string }) => parameter.name)).toEqual(
      path.includes('{id}') ? ['id'] : [],
    );
  });

  test.each(operations)('has problems and security for $method $path', ({ path, method, operation }) => {
    const { scope } = routes.find((route) => route.path === path && route.method === method.toUpperCase())!;
    const statuses = Object.keys(operation.responses);
    expect(statuses).toEqual(
      expect.arrayContaining(scope === null ? ['500', '503'] : ['400', '401', '403', '500']),
    );
    expect(operation.security ?? document.security).toEqual(
      scope === null ? [] : [{ bearer: [] }, { apiKey: [] }],
    );
  });

  test('shows examples that it would take', () => {
    let count = 0;
    for (const { path, method, operation } of operations) {
      const content = operation.requestBody?.content['application/json'];
      const pointer = `openapi#/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${method}`;
      for (const example of Object.values<{ value: unknown }>(content?.examples ?? {})) {
        const validate = ajv.getSchema(`${pointer}/requestBody/content/application~1json/schema`)!;
        expect(validate(example.value), JSON.stringify(validate.errors)).toBe(true);
        count++;
      }
    }
    expect(count).toBeGreaterThan(3);
  });

  test('takes the key in either header', () => {
    expect(document.components?.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
  });

  test('is served as it was made', () => {
    expect(JSON.parse(openApiJson())).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
