import { UnavailableError } from '../../lib/domain/errors.ts';

/**
 * Returns the error that an operator reads. A client of the API learns only that a part does not answer. An operator also
 * needs the reason to fix it: a name that does not resolve, a refused login or permission, a statement that took too long.
 * Any other error is returned unchanged.
 */
export function withReason(error: unknown): unknown {
  if (!(error instanceof UnavailableError) || !(error.cause instanceof Error)) return error;
  return new Error(`${error.message} (${reasonOf(error.cause)})`, { cause: error });
}

/** Returns the reason in an error. Node's error for a host with several addresses that do not answer has no message. */
function reasonOf(cause: Error): string {
  if (cause.message !== '') return cause.message;
  return 'code' in cause ? String(cause.code) : cause.name;
}
