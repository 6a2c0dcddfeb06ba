import * as z from 'zod';
import type { Clock } from '../domain/clock.ts';
import type { FetchSecret } from './fetch-secret.ts';

export type DatabaseLogin = { username: string; password: string };

/** A rotation is noticed at the first connection that is refused; this is for one that keeps the old login valid. */
const FRESH_MS = 5 * 60_000;
/** While Secrets Manager is away, what is known goes on being used, and is asked for no more often than this. */
const RETRY_MS = 30_000;

/** The user and password of the database, which may be rotated at any time. */
export function makeDatabaseLogin(deps: { fetchSecret: FetchSecret; secretArn: string; clock: Clock }) {
  const { fetchSecret, secretArn, clock } = deps;
  let held: { login: DatabaseLogin; freshUntilMs: number } | undefined;
  let fetching: Promise<DatabaseLogin> | undefined;

  async function fetchLogin(): Promise<DatabaseLogin> {
    const login = parseLogin(await fetchSecret(secretArn), secretArn);
    held = { login, freshUntilMs: clock.nowMs() + FRESH_MS };
    return login;
  }

  /** Connections that are opened at once ask once. */
  function fetchOnce(): Promise<DatabaseLogin> {
    fetching ??= fetchLogin().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  return {
    /** @throws UnavailableError when it is not known and cannot be had. */
    get: async (): Promise<DatabaseLogin> => {
      const known = held;
      if (known !== undefined && clock.nowMs() < known.freshUntilMs) return known.login;
      try {
        return await fetchOnce();
      } catch (error) {
        if (known === undefined || known !== held) throw error;
        known.freshUntilMs = clock.nowMs() + RETRY_MS;
        return known.login;
      }
    },
    /** The database has refused this login: the next `get` asks anew, unless somebody has already. */
    forget: (refused: DatabaseLogin): void => {
      if (held?.login === refused) held = undefined;
    },
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
