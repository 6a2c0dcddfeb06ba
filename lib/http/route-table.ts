import { routes } from '../topology.ts';

type Served = (typeof routes)[number];

/** Names one operation, such as `GET /api/v1/jobs/{id}`. A `Record` of these is a table no route is missing from. */
export type RouteKey = KeyOf<Served>;
type KeyOf<R extends Served> = R extends Served ? `${R['method']} ${R['path']}` : never;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read as every method with every path, but from one route
export const routeKey = (route: Served): RouteKey => `${route.method} ${route.path}` as RouteKey;

const patterns = routes.map((route) => ({
  ...route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll('{id}', '[^/]+')}/?$`),
}));

/** The route's path as the topology writes it, so that logs hold no ids; undefined for an unknown path. */
export function routePath(path: string): string | undefined {
  return patterns.find(({ pattern }) => pattern.test(path))?.path;
}

/** Methods a path answers to; empty for an unknown path. */
export function allowedMethods(path: string): string[] {
  return patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}
