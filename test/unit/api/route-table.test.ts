import { expect, test } from 'vitest';
import { routes } from '../../../lib/topology.ts';
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
  ['/api/v1/jobs/by-key/5', '/api/v1/jobs/by-key/{key}', ['PUT', 'GET', 'HEAD', 'PATCH', 'DELETE']],
  ['/api/v1/jobs/by-key/run', '/api/v1/jobs/by-key/{key}', ['PUT', 'GET', 'HEAD', 'PATCH', 'DELETE']],
  ['/api/v1/jobs/by-key/run/run', '/api/v1/jobs/by-key/{key}/run', ['POST']],
  ['/api/v1/jobs/by-key/a%2Fb/history', '/api/v1/jobs/by-key/{key}/history', ['GET', 'HEAD']],
  ['/api/v1/jobs/by-key/a/b', undefined, []],
  ['/openapi.json', '/openapi.json', ['GET', 'HEAD']],
  ['/openapi-json', undefined, []],
  ['/api/v1/jobs/5/6', undefined, []],
  ['/health/more', undefined, []],
  ['/health/deep', '/health/deep', ['GET', 'HEAD']],
])('%s is served as %s to %j', (path, template, methods) => {
  expect(routePath(path)).toBe(template);
  expect(allowedMethods(path)).toEqual(methods);
});

test('each route of a job by its id exists by its key, with the same scope', () => {
  const below = (base: string) =>
    routes
      .filter(({ path }) => path.startsWith(base))
      .map(({ method, path, scope }) => `${method} ${path.slice(base.length)} ${scope}`);
  expect(below('/api/v1/jobs/by-key/{key}').toSorted()).toEqual(
    ['PUT  write', ...below('/api/v1/jobs/{id}')].toSorted(),
  );
});
