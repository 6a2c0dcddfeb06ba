import type { Pool, Queryable } from '../db/pool.ts';
import { setRoleTimeouts } from '../db/role-timeouts.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { awaitDatabase } from './once-it-answers.ts';
import { prepareDatabase } from './prepare-database.ts';

/** How long the database may take to answer for the first time: twice what one that paused needs. */
export const ANSWERS_WITHIN_MS = 60_000;

export type Upgrade = () => Promise<string[]>;

/**
 * What a deploy does before new code takes traffic: the schema, the limits of our role, the keys of secret headers and
 * the admin key are brought up to date. Returns the names of the migrations it applied; run again it changes nothing. An error comes as it is.
 */
export function makeUpgrade(deps: {
  /** Connections to the database itself, with limits of their own, made for one run and ended with it. */
  openPool: () => Pool;
  clock: Clock;
  makeKeyRing: () => Promise<void>;
  syncAdminKey: (db: Queryable) => Promise<void>;
  /** The limits that our role gets; undefined for a role that is not Belfry's own. */
  roleTimeouts: { statementTimeoutMs: number } | undefined;
}): Upgrade {
  const { openPool, clock, makeKeyRing, syncAdminKey, roleTimeouts } = deps;
  return async () => {
    const pool = openPool();
    try {
      await awaitDatabase({ pool, clock }, clock.nowMs() + ANSWERS_WITHIN_MS);
      // A deploy that failed after its migrations is rolled back to code that does not know them; a refusal would leave the
      // stack in between. Each migration lets the version before it work, since that runs until the new code is there.
      const applied = await prepareDatabase(pool, new Date(clock.nowMs()), { whenAhead: 'leave' });
      if (roleTimeouts !== undefined) await inTransaction(pool, (tx) => setRoleTimeouts(tx, roleTimeouts));
      await makeKeyRing();
      await syncAdminKey(pool);
      return applied;
    } finally {
      await pool.end();
    }
  };
}
