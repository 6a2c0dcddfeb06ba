import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { makeOpenApiDocument, openApiJson } from '../../../lib/api/openapi.ts';
import { type Route, routes } from '../../../lib/topology.ts';

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

type Schema = { required?: string[]; properties?: Record<string, { pattern?: string }> };

const schemaOf = (name: string): Schema => Object(document.components?.schemas?.[name]);

/** All values of a keyword, at any depth. */
function findAll(value: unknown, keyword: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === keyword && typeof item !== 'object' ? [item] : findAll(item, keyword),
  );
}

describe('the OpenAPI document', () => {
  test('the OpenAPI document has an operation for each route and no other', () => {
    const documented = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(documented.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  test('the OpenAPI document names each operation once, with a summary', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(routes.length);
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([]);
  });

  test('the OpenAPI document has no reference to a missing component', () => {
    const refs = [...new Set(refsIn(document))];
    expect(refs).toContain('#/components/schemas/Job');
    expect(refs.filter((ref) => ajv.getSchema(`openapi${ref}`) === undefined)).toEqual([]);
  });

  test('the OpenAPI document has the components by their names', () => {
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

  test('the OpenAPI document contains only valid schemas', () => {
    const strict = new Ajv2020({ strict: true, allowUnionTypes: true, validateSchema: true });
    addFormats.default(strict);
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      strict.addSchema(schema, `#/components/schemas/${name}`);
    }
    for (const name of Object.keys(document.components?.schemas ?? {})) {
      expect(strict.getSchema(`#/components/schemas/${name}`), name).toBeTypeOf('function');
    }
  });

  test.each(operations)(
    'the OpenAPI document declares the parameters in $path for $method',
    ({ path, operation }) => {
      const inPath = (operation.parameters ?? []).filter(
        (parameter: { in?: string; required?: boolean }) =>
          parameter.in === 'path' && parameter.required === true,
      );
      expect(inPath.map((parameter: { name: string }) => parameter.name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      );
    },
  );

  test.each(operations)(
    'the OpenAPI document has problems and security for $method $path',
    ({ path, method, operation }) => {
      const { scope, keyIn }: Route = routes.find(
        (route) => route.path === path && route.method === method.toUpperCase(),
      )!;
      const statuses = Object.keys(operation.responses);
      expect(statuses).toEqual(
        expect.arrayContaining(scope === null ? ['500', '503'] : ['400', '401', '403', '500']),
      );
      expect(operation.security ?? document.security).toEqual(
        scope === null ? [] : [{ bearer: [] }, { apiKey: [] }, ...(keyIn === 'query' ? [{ token: [] }] : [])],
      );
    },
  );

  test('the OpenAPI document shows examples that the API accepts', () => {
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

  test('the patterns of the OpenAPI document mean the same without the flag u, and in other languages', () => {
    const patterns = findAll(document, 'pattern').map(String);
    expect(patterns.length).toBeGreaterThan(4);
    for (const pattern of patterns) expect(pattern).not.toMatch(/\\[pPu]/);
    const isName = new RegExp(String(schemaOf('NewApiKey').properties?.['name']?.pattern));
    for (let code = 0; code < 0x300; code += 1) {
      const character = String.fromCodePoint(code);
      expect([code, isName.test(character)]).toEqual([code, !/\p{Cc}/u.test(character)]);
    }
  });

  test('the OpenAPI document requires no field of a request that may be left out', () => {
    const [newJob, jobPatch, newApiKey] = ['NewJob', 'JobPatch', 'NewApiKey'].map(schemaOf);
    // openapi-typescript treats a field with a default as one that is always present.
    expect(findAll([newJob, jobPatch, newApiKey], 'default')).toEqual([]);
    expect([newJob?.required, jobPatch?.required, newApiKey?.required]).toEqual([
      ['schedule', 'api'],
      undefined,
      ['name', 'scopes'],
    ]);
  });

  test('the OpenAPI document gives every instant the format date-time', () => {
    const instants = Object.keys(document.components?.schemas ?? {}).flatMap((name) =>
      Object.entries(schemaOf(name).properties ?? {}).filter(([field]) => /(At|Time)$/.test(field)),
    );
    expect(instants.length).toBeGreaterThan(8);
    for (const [name, schema] of instants) {
      expect([name, ...findAll(schema, 'format')]).toEqual([name, 'date-time']);
    }
  });

  test('the OpenAPI document groups every operation, and describes each group', () => {
    const groups = (document.tags ?? []).map(({ name, description }) => [name, description]);
    expect(groups.every(([, description]) => description !== '')).toBe(true);
    const used = operations.map(({ operation }) => operation.tags);
    expect(used.every((tags) => tags?.length === 1)).toBe(true);
    expect(new Set(used.flat())).toEqual(new Set(groups.map(([name]) => name)));
    expect(document.info.contact?.name).toBe('Belfry maintainers');
  });

  test('the OpenAPI document accepts the key in either header', () => {
    expect(document.components?.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
  });

  test('the API serves the OpenAPI document unchanged', () => {
    expect(JSON.parse(openApiJson())).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
