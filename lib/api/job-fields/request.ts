import * as z from 'zod';
import { keepResponseModes } from '../../domain/attempt.ts';
import { defaults, httpMethods, jobTypes, type JsonValue, limits } from '../../domain/job.ts';
import { HIDDEN } from '../../domain/secret-headers.ts';
import { findBodyFault, MAX_BODY_DEPTH } from '../job-body.ts';
import { findHeaderFaults, isHeaderName } from '../job-headers.ts';
import { findUrlFault, URL_PATTERN, URL_REMEDY } from '../job-url.ts';
import { integer, leftOut, oneOf, orMissing } from './kinds.ts';

// The fields of the request of a job, and which responses are kept.

export const api = z
  .string(orMissing(URL_REMEDY))
  .check((ctx) => {
    const message = findUrlFault(ctx.value);
    if (message !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message });
  })
  .meta({
    description:
      'The http or https URL that Belfry calls, without credentials and without a fragment. Its addresses must be public, ' +
      'and its port must be allowed, unless the settings of the deployment allow more. Redirects are not followed.',
    pattern: URL_PATTERN,
    maxLength: limits.urlLength,
  });

export const headers = z
  .custom<Record<string, string>>()
  .check((ctx) => {
    for (const { path, message } of findHeaderFaults(ctx.value)) {
      ctx.issues.push({ code: 'custom', input: ctx.value, path, message });
    }
  })
  .meta({
    description:
      `Headers that are sent with every request. Names and values are Latin-1, and together have at most ${limits.headerBytes} bytes. ` +
      'You cannot set Host, Idempotency-Key, Webhook-Id, Webhook-Timestamp, Webhook-Signature, X-Belfry-* and the ' +
      'headers of the connection. ' +
      'Values of secret headers are encrypted and never shown: Authorization, Cookie, X-Api-Key, names with an ending such ' +
      `as -Token, -Secret or -Key, and the names in \`secretHeaders\`. Responses show \`${HIDDEN}\` instead. In a PATCH, ` +
      `\`${HIDDEN}\` keeps the stored value. If the PATCH changes the scheme, host or port of the URL, send the value again.`,
    override: {
      type: 'object',
      additionalProperties: { type: 'string' },
      maxProperties: limits.headerCount,
    },
  });

const SECRET_HEADERS_REMEDY = `must be an array of at most ${limits.headerCount} names of headers of the job`;
const SECRET_HEADER_REMEDY = 'must be the name of a header of the job, such as X-Signature';
export const secretHeaders = z
  .array(z.string(SECRET_HEADER_REMEDY).refine(isHeaderName, SECRET_HEADER_REMEDY), SECRET_HEADERS_REMEDY)
  .max(limits.headerCount, SECRET_HEADERS_REMEDY)
  .meta({
    description:
      'The names of further secret headers. Their case does not matter. If a PATCH leaves the field out, secret headers ' +
      'stay secret. If a PATCH removes a name from it, it must send a new value for that header.',
  });

export const body = z
  .custom<JsonValue>()
  .check((ctx) => {
    const fault = findBodyFault(ctx.value);
    if (fault !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, ...fault });
  })
  .meta({
    description:
      'The body of the request. A string is sent unchanged, any other value as JSON, and null means no body. ' +
      `It may have at most ${MAX_BODY_DEPTH} levels of nesting. Numbers are doubles: send a string to keep more digits.`,
  });

export const method = oneOf(httpMethods).meta({
  description: `The HTTP method of the request. ${leftOut(defaults.method)}`,
});
export const type = oneOf(jobTypes).meta({
  description: `AT_LEAST_ONCE retries failed requests. AT_MOST_ONCE never sends a request twice. ${leftOut(defaults.type)}`,
});
export const maxRetryCount = integer(0, limits.maxRetryCount).meta({
  description: `The maximum number of retries after the first attempt. The default for a new job is ${defaults.maxRetryCount}. For AT_MOST_ONCE it is 0, the only allowed value. With \`retry.delaysSeconds\` it is the number of delays.`,
});
export const timeoutMs = integer(1, limits.maxTimeoutMs).meta({
  description: `The time limit for the complete response, in milliseconds. ${leftOut(String(defaults.timeoutMs))}`,
});
export const keepResponse = oneOf(keepResponseModes).meta({
  description:
    'Which responses the history keeps: headers and the first 4 KiB of the body. Secret headers, and secret values of the ' +
    `request, are replaced by \`${HIDDEN}\`. ${leftOut(defaults.keepResponse)}`,
});
export const isTraced = z.boolean('must be a boolean, true or false').meta({
  description: `Whether each request carries a \`traceparent\` header (W3C Trace Context), unless the job sets its own. ${leftOut('true')}`,
});
export const shownHeaders = z.record(z.string(), z.string()).meta({
  description: `The headers of the request. Secret values are never shown, but replaced by \`${HIDDEN}\`.`,
});
export const shownSecretHeaders = z.array(z.string()).meta({
  description: 'The names of secret headers. They are secret by their name, or because the job lists them.',
});
export const shownBody = z.unknown().meta({ description: 'Any JSON value.' });
