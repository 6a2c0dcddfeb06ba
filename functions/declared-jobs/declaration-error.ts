import { BelfryError, ValidationError } from '../../lib/domain/errors.ts';
import { limits } from '../../lib/domain/job.ts';
import { withReason } from '../compose/with-reason.ts';

/** CloudFormation takes 4 KB of an answer, and the provider framework adds the stack of the error. */
const MAX_LENGTH = 1_000;
const MAX_ERRORS_SHOWN = 5;

/** What CloudFormation shows to whoever deploys: which job, what is wrong with it, and what would be right. */
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
  // The text of an error that nobody foresaw could tell anything.
  if (!(reason instanceof Error)) return `something went wrong inside Belfry; its log has it as ${requestId}`;
  return reason.message;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)} …` : text;
}

function listFields({ errors }: ValidationError): string {
  const shown = errors.slice(0, MAX_ERRORS_SHOWN).map(({ field, message }) => `${field}: ${message}`);
  const more = errors.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
