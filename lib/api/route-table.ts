import { jobPaths, type jobRoutes, methodsOf, routes } from '../topology.ts';

type Served = (typeof routes)[number];

/** The name of an operation, such as `GET /api/v1/jobs/{id}`. A `Record` with these keys cannot lack a route. */
export type RouteKey = KeyOf<Served>;
type KeyOf<R extends Served> = R extends Served ? `${R['method']} ${R['path']}` : never;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type combines every method with every path
export const routeKey = (route: Served): RouteKey => `${route.method} ${route.path}` as RouteKey;

type JobRoute = (typeof jobRoutes)[number];
type KeyBelow<Base extends string, R extends JobRoute> = R extends JobRoute
  ? `${R['method']} ${Base}${R['path']}`
  : never;
export type RouteById = KeyBelow<(typeof jobPaths)['byId'], JobRoute>;
export type RouteByKey = KeyBelow<(typeof jobPaths)['byKey'], JobRoute>;

/** Makes a value for each route of a job by its key, from the value of the same route by its id. */
export function forRoutesByKey<Value>(
  byId: Record<RouteById, Value>,
  make: (value: Value) => Value,
): Record<RouteByKey, Value> {
  const entries = Object.entries(byId)
    .filter(([name]) => name.includes(jobPaths.byId))
    .map(([name, value]) => [name.replace(jobPaths.byId, jobPaths.byKey), make(value)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries loses the names
  return Object.fromEntries(entries) as Record<RouteByKey, Value>;
}

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

const methodsServed = (template: string): string[] =>
  routes.filter(({ path }) => path === template).flatMap(methodsOf);

/** Returns the methods that a path supports. It is empty for an unknown path. */
export function allowedMethods(path: string): string[] {
  const template = routePath(path);
  return template === undefined ? [] : methodsServed(template);
}

/**
 * Methods that a path does not support, although a path with an earlier parameter that may also match does: `batch` is no id,
 * and `by-key/run` is not a route of a job with the id `by-key`.
 */
export const shadowedRoutes = routes.flatMap((route) =>
  paths
    .filter(({ path }) => fixedLength(path) > fixedLength(route.path) && mayBothMatch(path, route.path))
    .flatMap(({ path }) => methodsOf(route).map((method) => ({ method, path })))
    .filter(({ method, path }) => !methodsServed(path).includes(method)),
);

/** Whether one path can match both templates. */
function mayBothMatch(one: string, other: string): boolean {
  const [left, right] = [one.split('/'), other.split('/')];
  if (left.length !== right.length) return false;
  return left.every((part, place) => {
    const opposite = right[place] ?? '';
    return part === opposite || part.startsWith('{') || opposite.startsWith('{');
  });
}
