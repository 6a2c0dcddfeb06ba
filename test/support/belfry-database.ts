import { migrate } from '../../lib/db/migrate.ts';
import { createPool, type Pool } from '../../lib/db/pool.ts';
import { createTestDatabase } from './database.ts';

export type BelfryDatabase = {
  url: string;
  pool: Pool;
  /** Ends the pool and removes the database. */
  drop: () => Promise<void>;
};

const MIGRATED_AT = new Date('2026-01-01T00:00:00Z');

/** Creates a database with Belfry's schema, and the pool that Belfry uses. */
export async function createBelfryDatabase(
  options: { max?: number; statementTimeoutMs?: number } = {},
): Promise<BelfryDatabase> {
  const { url, drop } = await createTestDatabase({ template: 'belfry_template', migrate: migrateAt });
  const pool = openPool(url, options);
  return {
    url,
    pool,
    drop: async () => {
      await pool.end();
      await drop();
    },
  };
}

export function openPool(
  url: string,
  options: {
    max?: number;
    statementTimeoutMs?: number;
    isReadOnly?: boolean;
    checkAfterMs?: number;
    onError?: (error: Error) => void;
  } = {},
): Pool {
  return createPool(url, {
    max: options.max ?? 10,
    statementTimeoutMs: options.statementTimeoutMs ?? 15_000,
    isReadOnly: options.isReadOnly ?? false,
    ...(options.checkAfterMs === undefined ? {} : { checkAfterMs: options.checkAfterMs }),
    onError: options.onError ?? (() => {}),
  });
}

async function migrateAt(url: string): Promise<void> {
  const pool = openPool(url);
  try {
    await migrate(pool, MIGRATED_AT);
  } finally {
    await pool.end();
  }
}
