import { setTimeout as sleep } from 'node:timers/promises';
import { makeSendJson, type Sent } from '../../support/send-json.ts';

/** The result of a request to the API; without an answer `status` is undefined. */
export type Response = { status: number | undefined; body: unknown; headers: Headers; atMs: number };

export type Client = (
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<Response>;

/** Longer than the API's own limit, so that the API gives up first. */
const TIMEOUT_MS = 25_000;

/** @param onResponse receives each response: the API's answers during faults are part of its promise. */
export function makeClient(
  options: { address: string; apiKey: string },
  onResponse: (method: string, path: string, response: Response) => void,
): Client {
  const send = makeSendJson({ ...options, timeoutMs: TIMEOUT_MS });
  return async (method, path, body, headers) => {
    const response = await receive(send(method, path, body, headers));
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
export const isRefused = (response: Response): boolean => {
  const { status } = response;
  return status !== undefined && status >= 400 && status <= 499 && status !== 429 && !isUnknown(response);
};

/** Whether the request may have had an effect that is not known, so that it is sent again with the same key. */
const isUnknown = ({ status, body }: Response): boolean =>
  status === undefined || status >= 500 || (status === 409 && isUnderWay(body));

/** Tries of a request whose answer is lost. */
const MAX_TRIES = 4;
const SENT_AGAIN_MS = 1_000;

/** Sends a request again, with the same key, until its effect is known. */
export async function sendAgain(send: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await send();
    if (!isUnknown(response) || tries === MAX_TRIES) return response;
    await sleep(SENT_AGAIN_MS);
  }
}

const isUnderWay = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'code' in body && body.code === 'REQUEST_UNDER_WAY';
