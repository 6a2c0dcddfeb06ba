import * as z from 'zod';
import type { Clock } from '../domain/clock.ts';
import type { FetchSecret } from './fetch-secret.ts';
import { makeFreshValue } from './fresh-value.ts';

export type DatabaseLogin = { username: string; password: string };

/**
 * The user and password of the database, which may be rotated at any time. A rotation is noticed at the first connection
 * that is refused; that the login is read again now and then is for one that keeps the old login valid.
 */
export function makeDatabaseLogin(deps: { fetchSecret: FetchSecret; secretArn: string; clock: Clock }) {
  const { fetchSecret, secretArn, clock } = deps;
  const login = makeFreshValue({
    read: async () => parseLogin(await fetchSecret(secretArn), secretArn),
    clock,
  });
  return {
    /** @throws UnavailableError when it is not known and cannot be had. */
    get: login.get,
    /** The database has refused this login: the next `get` asks anew, unless somebody has already. */
    forget: login.forget,
  };
}

const loginSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** What is wrong with it is not told: the message of a JSON error quotes the text. */
function parseLogin(text: string, secretArn: string): DatabaseLogin {
  const parsed = loginSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`the secret ${secretArn} is not JSON with a username and a password`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
