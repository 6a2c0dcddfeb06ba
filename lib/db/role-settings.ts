import type { Queryable } from './pool.ts';

/** The id of the advisory lock. It can be any number that no other lock of Belfry has. */
const ROLE_LOCK = 7_206_177;

/** The statement timeout of functions that use a database proxy. It is the limit of the scheduler function. */
export const ROLE_STATEMENT_TIMEOUT_MS = 20_000;

/**
 * Sets timeouts for statements and idle transactions of the current role, and switches just-in-time compilation off, as
 * `createPool` does for its own connections. The settings apply to every later connection that does not set its own. They
 * are needed for a proxy, which accepts no settings at the start of a connection. A SET statement would pin the client to
 * one connection of the proxy.
 *
 * Call it in a transaction. Otherwise two calls at the same time would fail with "tuple concurrently updated", an error
 * of the catalogue without its own code.
 */
export async function setRoleSettings(
  tx: Queryable,
  { statementTimeoutMs }: { statementTimeoutMs: number },
): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [ROLE_LOCK]);
  // A utility statement accepts no parameters. The value is an integer from Belfry's own settings.
  const value = Math.trunc(statementTimeoutMs);
  await tx.query(`alter role current_user set statement_timeout = ${value}`);
  await tx.query('alter role current_user set jit = off');
  await tx.query(`alter role current_user set idle_in_transaction_session_timeout = ${value}`);
}
