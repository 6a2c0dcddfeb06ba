export type Sent = { status: number; headers: Headers; text: string };

/** Sends one request with a JSON body, and reads its whole answer, regardless of its status. */
export type SendJson = (
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<Sent>;

/**
 * Makes the client of the API for tests that look at single answers. Load has one on bounded connections (api-client.ts), and fuzz
 * one that corrects nothing.
 *
 * @param options.timeoutMs should be longer than the API's own limit, so that the API gives up first.
 */
export function makeSendJson({
  address,
  apiKey,
  timeoutMs,
}: {
  address: string;
  apiKey: string;
  timeoutMs: number;
}): SendJson {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}
