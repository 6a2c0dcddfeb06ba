import { DatabaseError } from 'pg';
import { UnavailableError } from '../domain/errors.ts';

/** SQLSTATE classes: connection exception, insufficient resources, operator intervention. */
const unavailableClasses = new Set(['08', '53', '57']);
const READ_ONLY_TRANSACTION = '25006';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const LOCK_NOT_AVAILABLE = '55P03';

/** Whether the same transaction may succeed when it is run again. */
export function isRetryable(error: unknown): boolean {
  return (
    error instanceof DatabaseError &&
    (error.code === SERIALIZATION_FAILURE || error.code === DEADLOCK_DETECTED)
  );
}

/** What is thrown once the tries are over: a conflict that lasts is as good as a server that is away, and passes. */
export function toLastError(error: unknown): unknown {
  return isRetryable(error) ? new UnavailableError('PostgreSQL', { cause: error }) : error;
}

/** Whether a `lock_timeout` that was set for the transaction has run out. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE;
}

/**
 * Whether nothing can be sent any more over the connection that threw it: it broke, or does not answer. Another statement
 * would only wait behind the one that has no answer.
 */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof UnavailableError && !(error.cause instanceof DatabaseError);
}

/**
 * Turns what the driver throws when PostgreSQL cannot be reached, or cannot serve, into an UnavailableError; every
 * other error comes back as it is. What the server itself says is judged by its SQLSTATE; the driver's own errors
 * (refused, timed out, connection lost) carry no common code, but are never anything else.
 */
export function toDbError(error: unknown): unknown {
  if (error instanceof UnavailableError) return error;
  const isUnavailable =
    error instanceof DatabaseError
      ? error.code !== undefined &&
        (unavailableClasses.has(error.code.slice(0, 2)) || error.code === READ_ONLY_TRANSACTION)
      : error instanceof Error && !(error instanceof TypeError);
  return isUnavailable ? new UnavailableError('PostgreSQL', { cause: error }) : error;
}
