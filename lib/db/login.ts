import { DatabaseError, type Pool } from 'pg';
import { UnavailableError } from '../domain/errors.ts';
import type { Login, LoginSource } from './address.ts';

/** SQLSTATE class of a refused login: 28P01 is a wrong password, 28000 a role without permission to log in. */
const INVALID_AUTHORIZATION = '28';

/**
 * Runs work that may open a connection, with the current login. If the database refuses the login, the work has not
 * begun: the login is read again, and the work runs once more. So a rotation of the password needs no restart.
 */
export function withLogin(pool: Pool, source: LoginSource) {
  let current: Login | undefined;

  /** Sets the login in the options of the pool, which it passes to each connection that it opens. */
  async function setLogin(): Promise<void> {
    current = await source.get();
    pool.options.user = current.username;
    pool.options.password = current.password;
  }

  return async <T>(work: () => Promise<T>): Promise<T> => {
    // An idle connection is already logged in. It works while the secret is unavailable.
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

/**
 * A second refusal counts as unavailable: during a rotation, the database has the new password slightly before the
 * secret.
 */
function sayUnavailable(error: unknown): never {
  if (isRefusal(error)) throw new UnavailableError('PostgreSQL', { cause: error });
  throw error;
}
