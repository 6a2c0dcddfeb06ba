import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { inject } from 'vitest';

export type TestDatabase = {
  url: string;
  pool: Pool;
  /** Ends the pool and removes the database, even when others are still connected. */
  drop: () => Promise<void>;
};

/** Any number will do, as long as no code under test locks the same one. */
const TEMPLATE_LOCK = 7_062_833;

/**
 * A database of its own for a test file, with the schema that `migrate` makes. That runs once a run, for a template. Its 300
 * files are copied as files: block by block through the write-ahead log, which is the default, a clone takes twice the
 * processor time.
 */
export async function createTestDatabase(options: {
  /** Names the template, and so what `migrate` makes: another schema needs another name. */
  template: string;
  migrate: (url: string) => Promise<void>;
  /** Connections of `pool` at most. */
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
 * The lock makes workers that come at once wait for the first. The template gets its name when it is complete, so
 * after a migration that failed the next worker does not clone half a schema.
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
