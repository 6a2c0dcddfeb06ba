import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import { limits, type NewJob } from '../domain/job.ts';
import type { OutgoingPolicy } from '../outgoing/policy/policy.ts';
import { parseNewJob } from './parse-job.ts';
import { findUnstorable, mayHoldUnstorable } from './text-faults.ts';

/** A job with its key. */
export type Declaration = { key: string; job: NewJob };

const NAME_REMEDY = `must be a string of 1 to ${limits.keyLength} characters without control characters`;
const JOB_REMEDY = `must be a job in JSON, as for POST /api/v1/jobs, of at most ${limits.bodyBytes} bytes`;

const nameSchema = z
  .string()
  .min(1)
  .max(limits.keyLength)
  // Half a surrogate pair (Cs) is not allowed, because PostgreSQL could not distinguish it from another one.
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/**
 * Parses the job that a stack declares, from the properties of its resource. `Job` is a string with JSON, because
 * CloudFormation converts every number and boolean to a string. A job without a key or a name gets the declared name.
 *
 * @throws ValidationError that contains no part of the JSON, because CloudFormation may have inserted a secret.
 */
export function parseDeclaration(
  properties: { Name?: unknown; Job?: unknown },
  policy: OutgoingPolicy,
): Declaration {
  const name = nameSchema.safeParse(properties.Name);
  if (!name.success) throw new ValidationError([{ field: 'Name', message: NAME_REMEDY }]);
  const job = parseNewJob(readJob(properties.Job), policy);
  if (job.owner !== null) {
    throw new ValidationError([{ field: 'owner', message: 'is set to the name of the stack; leave it out' }]);
  }
  return { key: job.key ?? name.data, job: { ...job, name: job.name ?? name.data } };
}

function readJob(json: unknown): unknown {
  if (typeof json !== 'string' || Buffer.byteLength(json) > limits.bodyBytes) throw invalidJob();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw invalidJob();
  }
  const errors = mayHoldUnstorable(json) ? findUnstorable(value) : [];
  if (errors.length > 0) throw new ValidationError(errors);
  return value;
}

const invalidJob = () => new ValidationError([{ field: 'Job', message: JOB_REMEDY }]);
