import { makeSendJson, type Sent } from '../../support/send-json.ts';

/** The result of a request to the API; without an answer `status` is undefined. */
export type Response = { status: number | undefined; body: unknown; headers: Headers; atMs: number };

export type Client = (method: string, path: string, body?: object) => Promise<Response>;

/** Longer than the API's own limit, so that the API gives up first. */
const TIMEOUT_MS = 25_000;

/** @param onResponse receives each response: the API's answers during faults are part of its promise. */
export function makeClient(
  options: { address: string; apiKey: string },
  onResponse: (method: string, path: string, response: Response) => void,
): Client {
  const send = makeSendJson({ ...options, timeoutMs: TIMEOUT_MS });
  return async (method, path, body) => {
    const response = await receive(send(method, path, body));
    onResponse(method, path, response);
    return response;
  };
}

async function receive(sending: Promise<Sent>): Promise<Response> {
  try {
    const { status, headers, text } = await sending;
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { status, body, headers, atMs: Date.now() };
  } catch {
    return { status: undefined, body: undefined, headers: new Headers(), atMs: Date.now() };
  }
}

export const isOk = ({ status }: Response): boolean => status !== undefined && status >= 200 && status <= 299;

/** Whether the API refused the request, so that it had no effect. */
export const isRefused = ({ status }: Response): boolean =>
  status !== undefined && status >= 400 && status <= 499 && status !== 429;
