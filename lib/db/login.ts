import { DatabaseError, type Pool } from 'pg';
import { UnavailableError } from '../domain/errors.ts';
import type { Login, LoginSource } from './address.ts';

/** SQLSTATE class of a refused login: 28P01 a wrong password, 28000 a role that may not come in. */
const INVALID_AUTHORIZATION = '28';

/**
 * Runs work that may open a connection with the login as it is now. After a refusal, before which the work cannot have
 * begun, the login is read afresh and the work runs once more: a rotation needs no restart.
 */
export function withLogin(pool: Pool, source: LoginSource) {
  let current: Login | undefined;

  /** The pool hands its options to each connection that it opens. */
  async function setLogin(): Promise<void> {
    current = await source.get();
    pool.options.user = current.username;
    pool.options.password = current.password;
  }

  return async <T>(work: () => Promise<T>): Promise<T> => {
    // A connection that is idle has been let in: it serves while the secret cannot be had.
    if (pool.idleCount === 0) await setLogin();
    const used = current;
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (used !== undefined) source.forget(used);
    }
    await setLogin();
    return await work().catch(sayUnavailable);
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith(INVALID_AUTHORIZATION) === true;
}

/** In a rotation the database has the new password a moment before the secret does. */
function sayUnavailable(error: unknown): never {
  if (isRefusal(error)) throw new UnavailableError('PostgreSQL', { cause: error });
  throw error;
}
