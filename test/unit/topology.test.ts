import { expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../lib/app/worker/in-flight.ts';
import type { Endpoint } from '../../functions/api/endpoint.ts';
import type { RouteKey } from '../../lib/api/route-table.ts';
import { functions, type Route, routes } from '../../lib/topology.ts';

/** Memory that Node uses outside of its heap: its code, stacks and sockets, and buffers that will soon be freed. */
const NODE_MB = 64;

test("a worker's heap and the bodies that it has in flight fit its memory together", () => {
  const { memoryMb, heap } = functions.worker;
  const heapMb = 3 * heap.semiSpaceMb + heap.oldSpaceMb;
  expect(heapMb + MAX_BODY_BYTES / 1_048_576 + NODE_MB).toBeLessThanOrEqual(memoryMb);
});

// The types are the check: without its error, a line below `@ts-expect-error` does not compile.
test('a route without a scope, with an unknown scope, or without an endpoint does not compile', () => {
  // @ts-expect-error -- the scope is missing
  const withoutScope: Route = { method: 'GET', path: '/api/v1/new' };
  // @ts-expect-error -- `reed` is no scope
  const withUnknownScope: Route = { method: 'GET', path: '/api/v1/new', scope: 'reed' };
  // @ts-expect-error -- all routes lack their endpoints
  const withoutEndpoint: Record<RouteKey, Endpoint> = {};
  // @ts-expect-error -- the topology has no such route, so it has no scope
  const withoutRoute: RouteKey = 'GET /api/v1/new';
  expect([withoutScope, withUnknownScope, withoutEndpoint, withoutRoute]).toHaveLength(4);
  expect(routes.filter(({ scope }) => scope === undefined)).toEqual([]);
});
