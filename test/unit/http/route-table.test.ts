import { expect, test } from 'vitest';
import { allowedMethods, routePath } from '../../../lib/http/route-table.ts';

test.each([
  ['/api/v1/jobs', '/api/v1/jobs', ['POST', 'GET']],
  ['/api/v1/jobs/', '/api/v1/jobs', ['POST', 'GET']],
  ['/api/v1/jobs/batch', '/api/v1/jobs/batch', ['POST', 'GET', 'PATCH', 'DELETE']],
  ['/api/v1/jobs/5', '/api/v1/jobs/{id}', ['GET', 'PATCH', 'DELETE']],
  ['/api/v1/jobs/5/history', '/api/v1/jobs/{id}/history', ['GET']],
  ['/openapi.json', '/openapi.json', ['GET']],
  ['/openapi-json', undefined, []],
  ['/api/v1/jobs/5/6', undefined, []],
  ['/health/more', undefined, []],
  ['/health/deep', '/health/deep', ['GET']],
])('%s is served as %s to %j', (path, template, methods) => {
  expect(routePath(path)).toBe(template);
  expect(allowedMethods(path)).toEqual(methods);
});
