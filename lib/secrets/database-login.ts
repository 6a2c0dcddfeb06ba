import * as z from 'zod';
import type { Clock } from '../domain/clock.ts';
import type { FetchSecret } from './fetch-secret.ts';
import { makeFreshValue } from './fresh-value.ts';
import { parseJson } from '../parse-json.ts';

export type DatabaseLogin = { username: string; password: string };

/**
 * Reads the user and password of the database, which may be rotated at any time. The first refused connection reveals a
 * rotation. A rotation that keeps the old login valid is found because the login is read again from time to time.
 */
export function makeDatabaseLogin(deps: { fetchSecret: FetchSecret; secretArn: string; clock: Clock }) {
  const { fetchSecret, secretArn, clock } = deps;
  const login = makeFreshValue({
    read: async () => parseLogin(await fetchSecret(secretArn), secretArn),
    clock,
  });
  return {
    /** @throws UnavailableError if the login is not known and cannot be read. */
    get: login.get,
    /** Discards a login that the database refused. The next `get` reads it again, unless another caller already has. */
    forget: login.forget,
  };
}

const loginSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** Parses the login. The error does not say what is wrong, because the message of a JSON error quotes the text. */
function parseLogin(text: string, secretArn: string): DatabaseLogin {
  const parsed = loginSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`the secret ${secretArn} is not JSON with a username and a password`);
  return parsed.data;
}
