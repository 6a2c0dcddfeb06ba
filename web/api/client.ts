import type { paths } from '../generated/openapi.d.ts';
import { readProblem } from './api-error.ts';
import { ask, type WholeAnswer } from './ask.ts';
import { noteChange } from './changes.ts';
import { apiRoot } from './root.ts';
import { getSession, signOut } from './session.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Paths that have the method. */
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type OperationOf<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type Answers<O> = O extends { responses: infer Responses }
  ? { [Status in keyof Responses & (200 | 201 | 202)]: Json<Responses[Status]> }[keyof Responses &
      (200 | 201 | 202)]
  : never;
type QueryOf<O> = O extends { parameters: { query?: infer Query } } ? Query : never;
type BodyOf<O> = O extends { requestBody?: { content: { 'application/json': infer Body } } } ? Body : never;

/** What the operation of a path answers. */
export type Answer<P extends keyof paths, M extends Method> = Answers<OperationOf<P, M>>;

type Options<P extends keyof paths, M extends Method> = {
  /** The values of the path's parameters, by name. */
  path?: Record<string, string | number>;
  query?: QueryOf<OperationOf<P, M>>;
  body?: BodyOf<OperationOf<P, M>>;
  /** Why the change is made, for the audit log. */
  reason?: string | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** Requests below this path only compute. */
const READING_POSTS = '/api/v1/schedules/';

/** Sends a request with the keys of the session, and returns the answer. It throws an ApiError. */
async function send(
  method: Method,
  path: string,
  options: Options<keyof paths, Method>,
): Promise<WholeAnswer> {
  const { key = '', gatewayKey = '' } = getSession() ?? {};
  const headers = new Headers({ authorization: `Bearer ${key}`, ...options.headers });
  if (gatewayKey !== '') headers.set('x-api-key', gatewayKey);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  // A header holds bytes. Percent-encoded UTF-8 (RFC 8187) brings every character.
  if (options.reason)
    headers.set('x-belfry-reason', `UTF-8''${encodeURIComponent(options.reason.toWellFormed())}`);
  const isChange = method !== 'get' && !path.startsWith(READING_POSTS);
  const answer = await ask(addressOf(path, options), {
    method: method.toUpperCase(),
    headers,
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    signal: options.signal,
    isChange,
    isDoneOnce: headers.has('idempotency-key'),
  }).finally(() => {
    // A change without an answer may have been done.
    if (isChange) noteChange();
  });
  if (answer.response.ok) return answer;
  const problem = readProblem(answer);
  if (problem.status === 401)
    signOut('The key is no longer valid: it has ended, or was revoked. Sign in again.');
  throw problem;
}

function addressOf(
  path: string,
  { path: parts = {}, query = {} }: Pick<Options<keyof paths, Method>, 'path' | 'query'>,
): URL {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''));
  const url = new URL(filled.slice(1), apiRoot);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** Makes the function that sends requests with a method. An answer without a body is undefined. */
const sender =
  <M extends Method>(method: M) =>
  async <P extends PathOf<M>>(path: P, options: Options<P, M> = {}): Promise<Answer<P, M>> => {
    const { text } = await send(method, path, options);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types come from the document of the same API
    return (text === '' ? undefined : JSON.parse(text)) as Answer<P, M>;
  };

export const api = {
  get: sender('get'),
  post: sender('post'),
  put: sender('put'),
  patch: sender('patch'),
  delete: sender('delete'),
  /** The answer of a GET as it was sent: integers beyond 2^53 are intact in it. */
  getText: async <P extends PathOf<'get'>>(path: P, options: Options<P, 'get'> = {}): Promise<string> =>
    (await send('get', path, options)).text,
  /** The answer of a GET with its entity tag, which a change sends back as `If-Match`. */
  getTagged: async <P extends PathOf<'get'>>(
    path: P,
    options: Options<P, 'get'> = {},
  ): Promise<{ value: Answer<P, 'get'>; tag: string }> => {
    const { response, text } = await send('get', path, options);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types come from the document of the same API
    return { value: JSON.parse(text) as Answer<P, 'get'>, tag: response.headers.get('etag') ?? '*' };
  },
};
