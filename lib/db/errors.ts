import { DatabaseError } from 'pg';
import { UnavailableError } from '../domain/errors.ts';

/** SQLSTATE classes: connection exception, insufficient resources, operator intervention. */
const unavailableClasses = new Set(['08', '53', '57']);
const UNIQUE_VIOLATION = '23505';
const READ_ONLY_TRANSACTION = '25006';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const LOCK_NOT_AVAILABLE = '55P03';

/** Tells whether the same transaction may succeed when it is run again. */
export function isRetryable(error: unknown): boolean {
  return (
    error instanceof DatabaseError &&
    (error.code === SERIALIZATION_FAILURE || error.code === DEADLOCK_DETECTED)
  );
}

/**
 * Returns the error to throw after the last try. A conflict that lasts counts as an unavailable server, as it is
 * temporary.
 */
export function toLastError(error: unknown): unknown {
  return isRetryable(error) ? new UnavailableError('PostgreSQL', { cause: error }) : error;
}

/** Tells whether a statement gave two rows the same value in this unique index. */
export function isUniqueViolation(error: unknown, index: string): boolean {
  return error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === index;
}

/** Tells whether the `lock_timeout` of the transaction has expired. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE;
}

/**
 * Tells whether the connection that threw the error can no longer be used: it broke, or the server does not respond.
 * Another statement would only wait behind the one without a reply.
 */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof UnavailableError && !(error.cause instanceof DatabaseError);
}

/**
 * Converts errors of an unreachable or overloaded PostgreSQL to an UnavailableError. Returns every other error
 * unchanged. It checks the SQLSTATE of errors from the server. The driver's own errors (refused, timed out, connection
 * lost) have no common code, but always mean that PostgreSQL is unavailable.
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
