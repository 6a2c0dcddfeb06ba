import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { inject } from 'vitest';

export type TestDatabase = {
  url: string;
  pool: Pool;
  /** Ends the pool and removes the database, even when others are still connected. */
  drop: () => Promise<void>;
};

/** Any number that no code under test locks. */
const TEMPLATE_LOCK = 7_062_833;

/**
 * Creates a database for a test file, with the schema that `migrate` makes. `migrate` runs once for each run of the tests,
 * for a template. A database is a copy of its 300 files. The default, which copies block by block through the write-ahead
 * log, takes twice the processor time.
 */
export async function createTestDatabase(options: {
  /** The name of the template. Another schema needs another name. */
  template: string;
  migrate: (url: string) => Promise<void>;
  /** The maximum number of connections of `pool`. */
  max?: number;
}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(async (client) => {
    await ensureTemplate(client, options.template, options.migrate);
    await client.query(`create database ${name} template ${options.template} strategy file_copy`);
  });
  const url = urlOf(name);
  const pool = new Pool({ connectionString: url, max: options.max ?? 10 });
  // `drop` cuts off connections that a test left open, which must not end the process.
  pool.on('error', () => {});
  const drop = async () => {
    if (!pool.ended) await pool.end();
    await administer((client) => client.query(`drop database if exists ${name} with (force)`));
  };
  return { url, pool, drop };
}

/**
 * With the lock, the other workers wait for the first one. The template gets its name when it is complete, so that no worker
 * clones an incomplete schema after a failed migration.
 */
async function ensureTemplate(
  client: Client,
  template: string,
  migrate: (url: string) => Promise<void>,
): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 1) return;
    const unfinished = `${template}_new`;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished}`);
    await migrate(urlOf(unfinished));
    // PostgreSQL cannot rename or clone a database that has connections.
    await client.query(`alter database ${unfinished} allow_connections false`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      unfinished,
    ]);
    await client.query(`alter database ${unfinished} rename to ${template}`);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function administer(use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}
