import { BelfryError, ValidationError } from '../../lib/domain/errors.ts';
import { limits } from '../../lib/domain/job.ts';
import { withReason } from '../compose/with-reason.ts';

/** CloudFormation accepts an answer of up to 4 KB, and the provider framework adds the stack of the error. */
const MAX_LENGTH = 1_000;
const MAX_ERRORS_SHOWN = 5;
const MAX_ERROR_LENGTH = 150;

/** The error that CloudFormation shows to the operator. It names the job, what is wrong with it, and what to do. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';

  /** @param requestId names the invocation in the function's log. */
  constructor(jobName: unknown, cause: unknown, requestId: string) {
    const job =
      typeof jobName === 'string' ? `job ${JSON.stringify(cut(jobName, limits.nameLength))}` : 'a job';
    super(cut(`${job}: ${describe(cause, requestId)}`, MAX_LENGTH), { cause });
  }
}

function describe(error: unknown, requestId: string): string {
  if (error instanceof ValidationError) return listFields(error);
  const reason = error instanceof BelfryError ? withReason(error) : undefined;
  // The message of an unexpected error could reveal secrets.
  if (!(reason instanceof Error))
    return `an internal error occurred in Belfry; its log has the error, for request ${requestId}`;
  return reason.message;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)} …` : text;
}

function listFields({ errors }: ValidationError): string {
  const shown = errors
    .slice(0, MAX_ERRORS_SHOWN)
    .map(({ field, message }) => cut(`${field}: ${message}`, MAX_ERROR_LENGTH));
  const more = errors.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
