import type { DatabaseConfig } from '../../lib/config/database.ts';
import { trustAuthorities, type DatabaseAddress } from '../../lib/db/address.ts';
import type { Clock } from '../../lib/domain/clock.ts';
import { makeDatabaseLogin } from '../../lib/secrets/database-login.ts';
import { makeFetchSecret } from '../../lib/secrets/fetch-secret.ts';

/**
 * Returns the address of the database. Call it before the first request, while a starting Lambda has a whole core: reading
 * the certificate authorities takes 10 ms.
 */
export function databaseAddress(
  database: DatabaseConfig,
  { region, clock }: { region: string; clock: Clock },
): DatabaseAddress {
  if (database.kind === 'url') return database.url;
  const { host, port, database: name, secretArn, caFile, isProxied } = database;
  const login = makeDatabaseLogin({ fetchSecret: makeFetchSecret({ region }), secretArn, clock });
  return { host, port, database: name, isProxied, login, tls: trustAuthorities(caFile) };
}
