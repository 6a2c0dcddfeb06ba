import type { Pool, Queryable } from '../db/pool.ts';
import { setRoleSettings } from '../db/role-settings.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { awaitDatabase } from './once-it-answers.ts';
import { prepareDatabase } from './prepare-database.ts';

/** How long the database may take to respond for the first time: twice as long as a paused database needs. */
export const ANSWERS_WITHIN_MS = 60_000;

export type Upgrade = () => Promise<string[]>;

/**
 * Prepares a deployment before new code receives traffic. It updates the schema, the limits of Belfry's database role,
 * the keys of secret headers, the signing key and the admin key. Returns the names of the applied migrations. A second run changes
 * nothing.
 */
export function makeUpgrade(deps: {
  /**
   * Opens direct connections to the database, with their own limits, for one run. They are closed when the run ends.
   */
  openPool: () => Pool;
  clock: Clock;
  makeKeyRing: () => Promise<void>;
  /** Creates the first signing key. Its secret is encrypted with the key ring. */
  ensureSigningKey: (pool: Pool) => Promise<unknown>;
  syncAdminKey: (db: Queryable) => Promise<void>;
  /** The settings of Belfry's database role. Undefined if Belfry does not own the role. */
  roleSettings: { statementTimeoutMs: number } | undefined;
}): Upgrade {
  const { openPool, clock, makeKeyRing, ensureSigningKey, syncAdminKey, roleSettings } = deps;
  return async () => {
    const pool = openPool();
    try {
      await awaitDatabase({ pool, clock }, clock.nowMs() + ANSWERS_WITHIN_MS);
      // A deploy that failed after its migrations is rolled back to older code. Refusing the newer schema would leave
      // the stack in between. The previous version works with each migration, because it runs until the new code is
      // deployed.
      const applied = await prepareDatabase(pool, new Date(clock.nowMs()), { whenAhead: 'leave' });
      if (roleSettings !== undefined) await inTransaction(pool, (tx) => setRoleSettings(tx, roleSettings));
      await makeKeyRing();
      await ensureSigningKey(pool);
      await syncAdminKey(pool);
      return applied;
    } finally {
      await pool.end();
    }
  };
}
