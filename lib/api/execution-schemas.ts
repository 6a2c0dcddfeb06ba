import * as z from 'zod';
import { attemptStatuses } from '../domain/attempt.ts';
import { factCodes } from '../domain/fact.ts';
import { reasonCodes } from '../domain/reason.ts';
import { jobExecutionSchema } from './resource-schemas.ts';

// These schemas give responses their documentation and their types. Responses are not parsed with them.

const instant = z.string().meta({ format: 'date-time', examples: ['2031-05-01T12:00:00.000Z'] });
const ms = z.int().min(0).nullable();

const responseSchema = z
  .strictObject({
    headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).meta({
      description: 'The header fields, at most 2 KiB. Values of secret ones are replaced by `[secret]`.',
    }),
    body: z.string().meta({
      description:
        'The first 4 KiB of the body, as a string or in base64. Secret values of the request are replaced by `[secret]`.',
    }),
    bodyEncoding: z.enum(['utf8', 'base64']).meta({
      description: 'base64 if the body is not UTF-8, or has a NUL.',
    }),
    bodyBytes: z.int().min(0).meta({
      description: 'The number of bytes of the body that arrived, at most about 64 KiB.',
    }),
  })
  .meta({ id: 'KeptResponse' });

export const attemptSchema = z
  .strictObject({
    number: z.int().min(1),
    status: z.enum(attemptStatuses).meta({
      description: 'UNKNOWN: the worker vanished, so it is unknown whether the target got the request.',
    }),
    startedAt: instant.nullable().meta({
      description:
        'When the request left. Null if it did not leave. For RUNNING and UNKNOWN: when a worker claimed the execution.',
    }),
    finishedAt: instant.nullable(),
    durationMs: z.number().min(0).nullable(),
    latenessMs: ms.meta({ description: 'How long after its due instant the request left.' }),
    reason: z.enum(reasonCodes).nullable(),
    errorCode: z
      .string()
      .nullable()
      .meta({ description: 'The code of a connection error, such as ECONNREFUSED.' }),
    errorMessage: z.string().nullable(),
    statusCode: z.int().nullable(),
    connection: z.enum(['NEW', 'REUSED']).nullable().meta({
      description: 'Whether the connection was new. Null if there was none, or if it is unknown.',
    }),
    dnsMs: ms.meta({ description: 'The look-up of the name, if the connection was new.' }),
    connectMs: ms.meta({ description: 'The TCP connection, if it was new.' }),
    tlsMs: ms.meta({ description: 'The TLS handshake, if the connection was new.' }),
    firstByteMs: ms.meta({
      description: 'From the start of the attempt to the first byte of the response.',
    }),
    retryAt: instant.nullable().meta({ description: 'When the next attempt was planned. Null if none was.' }),
    traceparent: z.string().nullable().meta({
      description: 'The header of the request. Null if the job is not traced, or sets the header itself.',
    }),
    response: responseSchema
      .nullable()
      .meta({ description: 'Null if there was no response, or if it is not kept.' }),
  })
  .meta({ id: 'Attempt' });

export const executionDetailsSchema = jobExecutionSchema
  .extend({
    traceId: z.string().nullable().meta({
      description: 'The trace id of its requests (W3C Trace Context). Null if the job is not traced.',
    }),
    links: z.array(z.strictObject({ traceparent: z.string() })).meta({
      description: 'The `traceparent` of the request that created the job. Add it as a span link.',
    }),
    attempts: z.array(attemptSchema).meta({ description: 'The attempts, the first one first.' }),
  })
  .meta({ id: 'ExecutionDetails' });

export const explanationSchema = z
  .strictObject({
    executionId: z.int().min(1),
    facts: z.array(
      z
        .strictObject({
          code: z.enum(factCodes).meta({
            description: 'Stable, so programs can use it. Later versions may add codes.',
          }),
          at: instant.nullable().meta({ description: 'When it happened. Null if it has no instant.' }),
          values: z
            .record(z.string(), z.union([z.string(), z.number(), z.null()]))
            .meta({ description: 'The values of the fact. Durations are in milliseconds.' }),
          sentence: z.string().meta({ description: 'The fact in plain English.' }),
        })
        .meta({ id: 'Fact' }),
    ),
  })
  .meta({ id: 'Explanation' });
