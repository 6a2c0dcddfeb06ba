import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import { limits, type NewJob } from '../domain/job.ts';
import type { OutgoingPolicy } from '../outgoing/policy/policy.ts';
import { parseNewJob } from './parse-job.ts';
import { findUnstorable, mayHoldUnstorable } from './text-faults.ts';

export type Declaration = { name: string; job: NewJob };

const NAME_REMEDY = `must be a string of 1 to ${limits.nameLength} characters without control characters`;
const JOB_REMEDY = `must be a job as POST /api/v1/jobs takes it, in JSON of at most ${limits.bodyBytes} bytes`;

const nameSchema = z
  .string()
  .min(1)
  .max(limits.nameLength)
  // Half a surrogate pair (Cs, when it stands alone) could not be told from another in PostgreSQL.
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/**
 * A job that a stack declares, from the properties of its resource. `Job` is JSON in a text, for CloudFormation makes a
 * text of every number and boolean. The job is called by the declared name where it has none of its own.
 *
 * @throws ValidationError, which repeats nothing of the JSON: CloudFormation may have filled a secret in.
 */
export function parseDeclaration(
  properties: { Name?: unknown; Job?: unknown },
  policy: OutgoingPolicy,
): Declaration {
  const name = nameSchema.safeParse(properties.Name);
  if (!name.success) throw new ValidationError([{ field: 'Name', message: NAME_REMEDY }]);
  const job = parseNewJob(readJob(properties.Job), policy);
  return { name: name.data, job: { ...job, name: job.name ?? name.data } };
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
