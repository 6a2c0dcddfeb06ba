import type { DataDir } from '../../../local/data-dir/data-dir.ts';
import { startPostgres } from '../../../local/services/postgres.ts';
import { startRedis } from '../../../local/services/redis.ts';
import { administer } from './administer.ts';
import { siblingDatabase, siblingRedis } from './siblings.ts';

export type Stores = { databaseUrl: string; redisUrl: string };

/** Redis has 16 databases. A suite uses one for each stack that it deploys, from its own number on. */
const REDIS_DATABASES_PER_SUITE = 4;
/** PostgreSQL allows 200. With this limit, a suite that opens too many fails, and not the other suite. */
const CONNECTIONS_PER_SUITE = 95;

/**
 * One PostgreSQL and one Redis for several suites at once. In PostgreSQL each suite has a login that is no superuser and
 * owns a database which no other login may enter. In Redis each suite has its own databases, although a client could choose
 * any other.
 *
 * @param names of the suites, as they are written in SQL. Starts nothing for none.
 */
export async function startSharedStores<Name extends string>(
  names: readonly Name[],
  options: { dataDir: DataDir; report: (line: string) => void; onStop: (stop: () => Promise<void>) => void },
): Promise<Map<Name, Stores>> {
  const stores = new Map<Name, Stores>();
  if (names.length === 0) return stores;
  const { dataDir, report, onStop } = options;
  // One after the other: of two that start at once, one that fails would leave the other running.
  const postgres = await startPostgres({ dataDir, report, durable: false });
  onStop(postgres.stop);
  const redis = await startRedis({ dataDir, report, durable: false });
  onStop(redis.stop);
  for (const [index, name] of names.entries()) {
    await administer(
      postgres.url,
      `create role ${name} login createdb connection limit ${CONNECTIONS_PER_SUITE}`,
    );
    await administer(postgres.url, `create database ${name} owner ${name}`);
    await administer(postgres.url, `revoke all on database ${name} from public`);
    const databaseUrl = new URL(siblingDatabase(postgres.url, name));
    databaseUrl.username = name;
    const redisUrl = siblingRedis(redis.url, index * REDIS_DATABASES_PER_SUITE);
    stores.set(name, { databaseUrl: databaseUrl.href, redisUrl });
  }
  return stores;
}
