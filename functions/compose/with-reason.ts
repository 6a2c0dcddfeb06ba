import { UnavailableError } from '../../lib/domain/errors.ts';

/**
 * The error as who deploys is to read it. That a part does not answer is all that a client of the API is told; to mend
 * it takes the reason: a name that does not resolve, a login or a permission that was refused, a statement that took
 * too long. Any other error is its own reason, and comes back as it is.
 */
export function withReason(error: unknown): unknown {
  if (!(error instanceof UnavailableError) || !(error.cause instanceof Error)) return error;
  return new Error(`${error.message} (${reasonOf(error.cause)})`, { cause: error });
}

/** Node's error for a host with several addresses, none of which answers, has no text. */
function reasonOf(cause: Error): string {
  if (cause.message !== '') return cause.message;
  return 'code' in cause ? String(cause.code) : cause.name;
}
