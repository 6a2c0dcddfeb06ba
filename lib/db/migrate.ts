import { migrations as shipped } from '../generated/embedded.ts';
import { buildIndexes } from './build-indexes.ts';
import type { Pool } from './pool.ts';
import { inTransaction } from './transaction.ts';

/** The id of the advisory lock. It can be any number, but every process that migrates must use the same one. */
const MIGRATION_LOCK = 7_206_175;

const CREATE_LEDGER = /* sql */ `
  create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    applied_at timestamptz not null
  )`;

/**
 * Updates the schema, and returns the names of the applied migrations. Each migration and its row in
 * `schema_migrations` are one transaction. Processes that migrate at the same time wait for each other. Indexes on large
 * tables are built afterwards, while other processes write.
 *
 * @param options.whenAhead what to do if the database has migrations that this code does not know. The database is not
 * changed in either case; `leave` is not an error, so that an older version can continue to work with it.
 * @throws Error when the database has unknown migrations and `whenAhead` is `refuse`.
 */
export async function migrate(
  pool: Pool,
  now: Date,
  options: { migrations?: typeof shipped; whenAhead?: 'refuse' | 'leave' } = {},
): Promise<string[]> {
  const { migrations = shipped, whenAhead = 'refuse' } = options;
  const known = migrations.at(-1)?.version ?? 0;
  const applied: string[] = [];
  const isAhead = await inTransaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await tx.query(CREATE_LEDGER);
    const ahead = await tx.query('select from schema_migrations where version > $1', [known]);
    return ahead.rowCount !== 0;
  });
  if (isAhead && whenAhead === 'leave') return [];
  if (isAhead)
    throw new Error(
      'the database has migrations that this version of Belfry does not know; deploy a newer version',
    );
  for (const migration of migrations) {
    const isNew = await inTransaction(pool, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      const ledger = await tx.query(
        /* sql */ `insert into schema_migrations (version, name, applied_at)
                   values ($1, $2, $3) on conflict (version) do nothing`,
        [migration.version, migration.name, now],
      );
      if (ledger.rowCount === 0) return false;
      await tx.query(migration.sql);
      return true;
    });
    if (isNew) applied.push(migration.name);
  }
  await buildIndexes(
    pool,
    migrations.map(({ version }) => version),
  );
  return applied;
}
