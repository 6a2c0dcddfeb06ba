import { createHash } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ClaimRequest, KeepAnswer } from '../app/claim-request.ts';
import type { Caller } from '../domain/api-key.ts';
import { RequestUnderWayError } from '../domain/errors.ts';
import { IdempotencyKeyReusedError } from './errors.ts';
import { parseIdempotencyKey } from './idempotency-key.ts';

/**
 * Takes the function that makes the answer of a request from the result of its use case. Returns the hook that the use
 * case calls in its transaction, or undefined for a request without an idempotency key.
 */
export type Keep = <Result>(answer: (result: Result) => APIGatewayProxyResult) => KeepAnswer<Result>;

/** The header of an answer that was stored before. */
const REPLAYED = { 'idempotency-replayed': 'true' };

/** For requests without an idempotency key. */
export const keepNothing: Keep = () => undefined;

/**
 * Serves a request once per `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07). The same request again gets
 * the stored answer. Only successful answers are stored: after an error the request can be sent again with the same key.
 *
 * An endpoint that changes something passes `keep` to its use case, so that the answer and the change are one
 * transaction. Otherwise the answer is stored after the request was served.
 *
 * @throws ValidationError, IdempotencyKeyReusedError, RequestUnderWayError
 */
export async function serveOnce(
  { event, caller, route }: { event: APIGatewayProxyEvent; caller: Caller; route: string },
  claimRequest: ClaimRequest,
  serve: (keep: Keep) => Promise<APIGatewayProxyResult>,
): Promise<APIGatewayProxyResult> {
  const key = parseIdempotencyKey(event);
  if (key === undefined) return serve(keepNothing);
  const claim = await claimRequest(hashOf(String(caller.id), route, key), hashOfRequest(event));
  switch (claim.kind) {
    case 'answered':
      return { ...claim.answer, headers: { ...claim.answer.headers, ...REPLAYED } };
    case 'other request':
      throw new IdempotencyKeyReusedError();
    case 'under way':
      throw new RequestUnderWayError();
    case 'claimed':
  }
  let isKept = false;
  const keep: Keep = (answer) => async (tx, result) => {
    await claim.keep(toStored(answer(result)), tx);
    isKept = true;
  };
  try {
    const reply = await serve(keep);
    if (!isKept) await claim.keep(toStored(reply));
    return reply;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

const toStored = ({ statusCode, headers, body }: APIGatewayProxyResult) => ({
  statusCode,
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])),
  body,
});

/** Hashes everything that the answer depends on, except the API key and the route, to which the key belongs. */
function hashOfRequest({
  path,
  multiValueQueryStringParameters: query,
  body,
  isBase64Encoded,
}: APIGatewayProxyEvent): Buffer {
  const parameters = Object.entries(query ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  return hashOf(path, JSON.stringify(parameters), bytes);
}

/** The length before each part keeps parts apart that would be the same when they are joined. */
function hashOf(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest();
}
