import type { Queryable } from './pool.ts';

/** Any number will do that no other lock of ours has. */
const ROLE_LOCK = 7_206_177;

/** The longest that a statement may take of functions that reach the database by a proxy: the scheduler's limit. */
export const ROLE_STATEMENT_TIMEOUT_MS = 20_000;

/**
 * Limits the statements and the idle transactions of the role we are, in every later connection that does not bring
 * limits of its own. A proxy takes none at the start of a connection, and a SET would bind the client to one of its
 * connections.
 *
 * Must run in a transaction: two at once would otherwise fail with "tuple concurrently updated", an error of the catalog
 * that has no code of its own.
 */
export async function setRoleTimeouts(
  tx: Queryable,
  { statementTimeoutMs }: { statementTimeoutMs: number },
): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [ROLE_LOCK]);
  // A utility statement has no parameters; the value is a number of ours.
  const value = Math.trunc(statementTimeoutMs);
  await tx.query(`alter role current_user set statement_timeout = ${value}`);
  await tx.query(`alter role current_user set idle_in_transaction_session_timeout = ${value}`);
}
