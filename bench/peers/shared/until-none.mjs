import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Resolves once a query returns no row: for a peer that does not tell when its last job is settled. It looks each 5 ms. */
export async function untilNone(query) {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  while ((await client.query(query)).rows.length > 0) await sleep(5);
  await client.end();
}
