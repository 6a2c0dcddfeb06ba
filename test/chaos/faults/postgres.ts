import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { RestartableServer } from '../../support/restartable-server.ts';

/** Faults of PostgreSQL use their own connections, because they break the connections of the pool. */

async function withAdmin<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return await use(client);
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(200);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

const END_OTHERS = /* sql */ `
  select pg_terminate_backend(pid)
    from pg_stat_activity
   where datname = current_database()
     and pid <> pg_backend_pid()
     and application_name = 'belfry'`;

export async function endConnections({ url }: RestartableServer): Promise<void> {
  await withAdmin(url, (client) => client.query(END_OTHERS));
}

/** Makes transactions read-only unless they ask to write, as on a primary that became a replica. */
export async function refuseWrites({ url }: RestartableServer, forMs: number): Promise<void> {
  const reload = async (client: Client, statement: string): Promise<void> => {
    await client.query('set default_transaction_read_only = off');
    await client.query(statement);
    await client.query('select pg_reload_conf()');
  };
  await withAdmin(url, (client) => reload(client, 'alter system set default_transaction_read_only = on'));
  try {
    await sleep(forMs);
  } finally {
    await withAdmin(url, (client) => reload(client, 'alter system reset default_transaction_read_only'));
  }
}

/** Takes every connection, including the connections of the functions, and holds them. */
export async function fillConnections({ url }: RestartableServer, forMs: number): Promise<void> {
  const untilMs = Date.now() + forMs;
  const taken: Client[] = [];
  const takeOne = async (): Promise<boolean> => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      taken.push(client);
      return true;
    } catch {
      return false;
    }
  };
  try {
    while (await takeOne());
    await Promise.all(taken.slice(0, 1).map((client) => client.query(END_OTHERS)));
    while (Date.now() < untilMs) if (!(await takeOne())) await sleep(50);
  } finally {
    await Promise.all(taken.map((client) => client.end().catch(() => {})));
  }
}
