import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ValidationError } from '../domain/errors.ts';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
export const MAX_IDEMPOTENCY_KEY = 255;

/** A string of RFC 9651: visible ASCII and spaces in double quotes, in which a backslash escapes quotes and itself. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** The form that many clients send: the value without quotes. Two headers that a proxy joined have a comma. */
const BARE = /^[!#-+\--~]+$/;

/**
 * Parses the header `Idempotency-Key`. Header names must be in lower case. Returns undefined without the header.
 *
 * @throws ValidationError
 */
export function parseIdempotencyKey({
  headers,
  multiValueHeaders,
}: Pick<APIGatewayProxyEvent, 'headers' | 'multiValueHeaders'>): string | undefined {
  const name = IDEMPOTENCY_KEY.toLowerCase();
  const given = headers[name];
  if (given === undefined) return undefined;
  if ((multiValueHeaders?.[name]?.length ?? 1) > 1) throw invalid('occurs more than once; send it once');
  const text = given.trim();
  const key = BARE.test(text) ? text : QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  if (key !== undefined && key.length >= 1 && key.length <= MAX_IDEMPOTENCY_KEY) return key;
  throw invalid(
    `must be a string in double quotes of 1 to ${MAX_IDEMPOTENCY_KEY} ASCII characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"`,
  );
}

const invalid = (message: string) => new ValidationError([{ field: IDEMPOTENCY_KEY, message }]);
