import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { splitTarget } from './proxy-event.ts';

export const ECHO_PATH = '/_local/echo';

const MAX_BODY_BYTES = 65_536;
const MAX_KEYS = 1_000;
const MASKED = new Set(['x-api-key', 'authorization', 'cookie', 'proxy-authorization']);

const whole = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .default(fallback);

const wishes = z.object({
  status: whole(200, 599, 200),
  delayMs: whole(0, 120_000, 0),
  failTimes: whole(0, 1_000_000, 0),
  /** In seconds. A failure is then 429 with `Retry-After` instead of 500. */
  retryAfter: whole(0, 86_400, 0),
  key: z.string().max(200).optional(),
});

const REMEDY =
  'status must be 200 to 599, delayMs 0 to 120000, retryAfter 0 to 86400, and failTimes 0 to 1000000, with key= or an Idempotency-Key of at most 200 characters';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Makes a target for experiments with jobs. It answers with the request that it received; the query can make it fail or wait. */
export function makeEcho(): Handler {
  /** Number of failures by key; the oldest key is removed first. */
  const failures = new Map<string, number>();

  const mustFail = (key: string, times: number): boolean => {
    const failed = failures.get(key) ?? 0;
    if (failed >= times) return false;
    failures.delete(key);
    failures.set(key, failed + 1);
    const [oldest] = failures.keys();
    if (failures.size > MAX_KEYS && oldest !== undefined) failures.delete(oldest);
    return true;
  };

  const serve: Handler = async (request, response) => {
    const { path, query } = splitTarget(request.url ?? ECHO_PATH);
    const parameters = Object.fromEntries(new URLSearchParams(query));
    const wished = wishes.safeParse(parameters);
    const key = wished.data?.key ?? request.headers['idempotency-key'];
    const got = await readStart(request);
    if (!wished.success || (wished.data.failTimes > 0 && !isKey(key))) {
      return answer(response, 400, { detail: REMEDY });
    }
    const { status, delayMs, failTimes, retryAfter } = wished.data;
    const fails = failTimes > 0 && isKey(key) && mustFail(key, failTimes);
    if (delayMs > 0) await delay(delayMs, response);
    if (fails && retryAfter > 0) response.setHeader('retry-after', String(retryAfter));
    return answer(response, fails ? (retryAfter > 0 ? 429 : 500) : status, {
      method: request.method,
      path,
      query: parameters,
      headers: maskedHeaders(request),
      attempt: Number(request.headers['x-belfry-attempt'] ?? 0) || null,
      ...got,
    });
  };

  return async (request, response) => {
    try {
      await serve(request, response);
    } catch {
      // The client disconnected during its request.
      response.destroy();
    }
  };
}

const isKey = (key: unknown): key is string => typeof key === 'string' && key.length <= 200;

async function readStart(request: IncomingMessage): Promise<{ body: string; bodyBytes: number }> {
  const chunks: Buffer[] = [];
  let bodyBytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    if (bodyBytes < MAX_BODY_BYTES) chunks.push(chunk.subarray(0, MAX_BODY_BYTES - bodyBytes));
    bodyBytes += chunk.length;
  }
  return { body: Buffer.concat(chunks).toString(), bodyBytes };
}

function maskedHeaders(request: IncomingMessage): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, MASKED.has(name) ? '***' : value]),
  );
}

/** Waits, and ends early if the client disconnects. */
async function delay(delayMs: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  await sleep(delayMs, undefined, { signal: gone.signal });
  response.off('close', leave);
}

function answer(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify({ status, title: STATUS_CODES[status] ?? '', ...value }, undefined, 2);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${body}\n`);
}
