import { expect, test } from 'vitest';
import { allowedMethods, routePath } from '../../../lib/api/route-table.ts';

test.each([
  ['/api/v1/jobs', '/api/v1/jobs', ['POST', 'GET', 'HEAD']],
  ['/api/v1/jobs/', '/api/v1/jobs', ['POST', 'GET', 'HEAD']],
  ['/api/v1/jobs/batch', '/api/v1/jobs/batch', ['POST']],
  ['/api/v1/jobs/batch/', '/api/v1/jobs/batch', ['POST']],
  ['/api/v1/jobs/batches', '/api/v1/jobs/{id}', ['GET', 'HEAD', 'PATCH', 'DELETE']],
  ['/api/v1/jobs/batch/history', '/api/v1/jobs/{id}/history', ['GET', 'HEAD']],
  ['/api/v1/jobs/5', '/api/v1/jobs/{id}', ['GET', 'HEAD', 'PATCH', 'DELETE']],
  ['/api/v1/jobs/5/history', '/api/v1/jobs/{id}/history', ['GET', 'HEAD']],
  ['/openapi.json', '/openapi.json', ['GET', 'HEAD']],
  ['/openapi-json', undefined, []],
  ['/api/v1/jobs/5/6', undefined, []],
  ['/health/more', undefined, []],
  ['/health/deep', '/health/deep', ['GET', 'HEAD']],
])('%s is served as %s to %j', (path, template, methods) => {
  expect(routePath(path)).toBe(template);
  expect(allowedMethods(path)).toEqual(methods);
});
