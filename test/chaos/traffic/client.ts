/** What became of a request to the API; no status: nobody answered. */
export type Response = { status: number | undefined; body: unknown; headers: Headers; atMs: number };

export type Client = (method: string, path: string, body?: object) => Promise<Response>;

/** Above the API's own limit, so that it is the API that gives up. */
const TIMEOUT_MS = 25_000;

/** @param onResponse hears of each: what the API answers while everything breaks is a part of the promise. */
export function makeClient(
  options: { address: string; apiKey: string },
  onResponse: (method: string, path: string, response: Response) => void,
): Client {
  return async (method, path, body) => {
    const response = await send(method, path, body, options);
    onResponse(method, path, response);
    return response;
  };
}

async function send(
  method: string,
  path: string,
  body: object | undefined,
  { address, apiKey }: { address: string; apiKey: string },
): Promise<Response> {
  try {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, body: parsed, headers: response.headers, atMs: Date.now() };
  } catch {
    return { status: undefined, body: undefined, headers: new Headers(), atMs: Date.now() };
  }
}

export const isOk = ({ status }: Response): boolean => status !== undefined && status >= 200 && status <= 299;

/** The request was judged, and nothing of it was done. */
export const isRefused = ({ status }: Response): boolean =>
  status !== undefined && status >= 400 && status <= 499 && status !== 429;
