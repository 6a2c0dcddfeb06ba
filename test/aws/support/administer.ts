import { Client } from 'pg';

/** Runs a statement that cannot be in a transaction, over a new connection. */
export async function administer(databaseUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
