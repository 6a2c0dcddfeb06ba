import type { Queryable } from './pool.ts';

/**
 * Limits the statements and the idle transactions of the role we are, in every later connection that does not bring
 * limits of its own. A proxy takes none at the start of a connection, and a SET would bind the client to one of its
 * connections.
 */
export async function setRoleTimeouts(
  db: Queryable,
  { statementTimeoutMs }: { statementTimeoutMs: number },
): Promise<void> {
  // A utility statement has no parameters; the value is a number of ours.
  const value = Math.trunc(statementTimeoutMs);
  await db.query(`alter role current_user set statement_timeout = ${value}`);
  await db.query(`alter role current_user set idle_in_transaction_session_timeout = ${value}`);
}
