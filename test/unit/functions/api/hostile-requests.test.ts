import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { routes } from '../../../../lib/topology.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const { call, logs } = makeTestApi();

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

const jobLike = fc.record(
  {
    schedule: fc.oneof(fc.constant('@hourly'), fc.constant('2031-01-01T00:00:00Z'), fc.jsonValue()),
    api: fc.oneof(fc.constant('https://example.com/'), fc.webUrl(), fc.jsonValue()),
    name: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
    method: fc.oneof(fc.constantFrom('GET', 'POST'), fc.jsonValue()),
    headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
    body: fc.oneof(fc.jsonValue(), fc.nat(60).map(nested)),
    maxRetryCount: fc.oneof(fc.integer(), fc.double()),
    timeoutMs: fc.oneof(fc.nat(), fc.jsonValue()),
    type: fc.oneof(fc.constantFrom('AT_MOST_ONCE', 'AT_LEAST_ONCE'), fc.jsonValue()),
    isRecurring: fc.oneof(fc.boolean(), fc.jsonValue()),
    extra: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const text = fc.oneof(
  fc.json(),
  jobLike.map((job) => JSON.stringify(job)),
  fc.array(jobLike, { maxLength: 3 }).map((jobs) => JSON.stringify({ jobs })),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('{"schedule":"@daily","api":"http://a/","body":1e999}', '{"__proto__":1}', '"\\u0000"'),
);

// The harness checks each response against the document; it would accept a 5xx of an endpoint that documents one.
test('no request body leads to a 5xx', async () => {
  const bodied = fc.constantFrom(
    ['POST', '/api/v1/jobs'] as const,
    ['POST', '/api/v1/jobs/batch'] as const,
    ['PATCH', '/api/v1/jobs/1'] as const,
  );
  await fc.assert(
    fc.asyncProperty(bodied, text, fc.boolean(), async ([method, path], body, isBase64Encoded) => {
      const reply = await call(method, path, { body, isBase64Encoded });
      expect(reply.status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
  expect(logs.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('no path, method or query leads to a 5xx', async () => {
  const path = fc.oneof(
    fc.webPath().map((path) => path || '/'),
    fc.constantFrom(...routes).map((route) => route.path.replace(/\{\w+\}/, '1')),
    fc.string({ unit: 'binary' }).map((tail) => `/api/v1/jobs/${tail}`),
  );
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'constructor');
  const query = fc.dictionary(
    fc.oneof(fc.constantFrom('limit', 'offset', 'status'), fc.string()),
    fc.string(),
  );
  const headers = fc.dictionary(fc.string(), fc.string());
  await fc.assert(
    fc.asyncProperty(method, path, query, headers, async (method, path, query, headers) => {
      const reply = await call(method, path, { query, headers });
      expect(reply.status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
});
