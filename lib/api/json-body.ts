import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type FieldError, ValidationError } from '../domain/errors.ts';
import { PayloadTooLargeError, UnsupportedMediaTypeError } from './errors.ts';
import { findRepeatedName } from './repeated-name.ts';
import { findUnstorable, mayHoldUnstorable } from './text-faults.ts';

// This replaces @middy/http-json-body-parser, which refuses a missing content type, does not say where JSON is invalid,
// and whose reviver makes a batch of 1,000 jobs several times slower to parse. No code here copies keys, so `__proto__`
// is an ordinary key.
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses the JSON body of a request, and checks that PostgreSQL can store its strings. Header names must be in lower
 * case.
 */
export function readJson(event: APIGatewayProxyEvent, limitBytes: number): unknown {
  const contentType = event.headers['content-type'];
  if (contentType && !JSON_TYPE.test(contentType)) throw new UnsupportedMediaTypeError();
  const json = readText(event, limitBytes);
  if (json.trim() === '') throw invalidBody('is empty; send a JSON object');
  const value = parse(json);
  const repeated = findRepeatedName(json);
  if (repeated !== undefined)
    throw invalidBody(`has the name ${shown(repeated)} twice in one object; write it once`);
  if (mayHoldUnstorable(json)) throwIfAny(findUnstorable(value));
  return value;
}

/** Does the same for a body that may be left out. It is then an empty object. */
export function readOptionalJson(event: APIGatewayProxyEvent, limitBytes: number): unknown {
  return event.body === null || event.body === '' ? {} : readJson(event, limitBytes);
}

function readText({ body, isBase64Encoded }: APIGatewayProxyEvent, limitBytes: number): string {
  const text = body ?? '';
  if (Buffer.byteLength(text, isBase64Encoded ? 'base64' : 'utf8') > limitBytes) {
    throw new PayloadTooLargeError(limitBytes);
  }
  if (!isBase64Encoded) return text;
  try {
    return utf8.decode(Buffer.from(text, 'base64'));
  } catch (cause) {
    throw invalidBody('is not UTF-8; send JSON in UTF-8', cause);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw invalidBody(
      `is not JSON: ${cause instanceof Error ? withoutQuote(cause.message) : 'it ends too early'}`,
    );
  }
}

/** Shortens a name, which may be as long as the body. */
const shown = (name: string): string => JSON.stringify(name.slice(0, 100).toWellFormed());

/** Removes the quoted characters around the error from the engine's message, because they may belong to a secret. */
function withoutQuote(message: string): string {
  return message.replace(/, (?:\.{3})?".*$/s, '');
}

function throwIfAny(errors: FieldError[]): void {
  if (errors.length > 0) throw new ValidationError(errors);
}

const invalidBody = (message: string, cause?: unknown) =>
  new ValidationError([{ field: 'body', message }], { cause });
