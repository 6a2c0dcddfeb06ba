import { methodsOf, routes } from '../topology.ts';

type Served = (typeof routes)[number];

/** Names one operation, such as `GET /api/v1/jobs/{id}`. A `Record` of these is a table no route is missing from. */
export type RouteKey = KeyOf<Served>;
type KeyOf<R extends Served> = R extends Served ? `${R['method']} ${R['path']}` : never;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read as every method with every path, but from one route
export const routeKey = (route: Served): RouteKey => `${route.method} ${route.path}` as RouteKey;

/** Paths that are written out come first: `batch` is no job's id. */
const paths = [...new Set(routes.map(({ path }) => path))]
  .map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('{id}', '[^/]+')}/?$`),
  }))
  .toSorted((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')));

/** The route's path as the topology writes it, so that logs hold no ids; undefined for an unknown path. */
export function routePath(path: string): string | undefined {
  return paths.find(({ pattern }) => pattern.test(path))?.path;
}

/** Methods a path answers to; empty for an unknown path. */
export function allowedMethods(path: string): string[] {
  const template = routePath(path);
  return routes.filter((route) => route.path === template).flatMap(methodsOf);
}

/** Methods that a path which is written out does not answer to, although a path with an id that matches it does. */
export const shadowedRoutes = routes.flatMap((route) => {
  const pattern = paths.find(({ path }) => path === route.path)?.pattern;
  return paths
    .filter(({ path }) => !path.includes('{') && path !== route.path && pattern?.test(path))
    .flatMap(({ path }) => methodsOf(route).map((method) => ({ method, path })))
    .filter(({ method, path }) => !allowedMethods(path).includes(method));
});
