import { methodsOf, routes } from '../topology.ts';

type Served = (typeof routes)[number];

/** The name of an operation, such as `GET /api/v1/jobs/{id}`. A `Record` with these keys cannot lack a route. */
export type RouteKey = KeyOf<Served>;
type KeyOf<R extends Served> = R extends Served ? `${R['method']} ${R['path']}` : never;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type combines every method with every path
export const routeKey = (route: Served): RouteKey => `${route.method} ${route.path}` as RouteKey;

/** A path with a later parameter comes first: `batch` and `by-key` are not ids of jobs. */
const paths = [...new Set(routes.map(({ path }) => path))]
  .map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
  }))
  .toSorted((a, b) => fixedLength(b.path) - fixedLength(a.path));

/** Returns the length of a path before its first parameter. */
function fixedLength(path: string): number {
  const place = path.indexOf('{');
  return place === -1 ? Infinity : place;
}

/** Returns the path pattern of the route, so that logs contain no ids. Returns undefined for an unknown path. */
export function routePath(path: string): string | undefined {
  return paths.find(({ pattern }) => pattern.test(path))?.path;
}

/** Returns the methods that a path supports. It is empty for an unknown path. */
export function allowedMethods(path: string): string[] {
  const template = routePath(path);
  return routes.filter((route) => route.path === template).flatMap(methodsOf);
}

/** Methods that a path without a parameter does not support, although a path with an id that also matches it does. */
export const shadowedRoutes = routes.flatMap((route) => {
  const pattern = paths.find(({ path }) => path === route.path)?.pattern;
  return paths
    .filter(({ path }) => !path.includes('{') && path !== route.path && pattern?.test(path))
    .flatMap(({ path }) => methodsOf(route).map((method) => ({ method, path })))
    .filter(({ method, path }) => !allowedMethods(path).includes(method));
});
