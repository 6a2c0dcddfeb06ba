import { makeSyncAdminKey } from '../../lib/app/admin-key.ts';
import { makeMakeKeyRing } from '../../lib/app/make-key-ring.ts';
import { makeReencryptHeaders } from '../../lib/app/reencrypt-headers.ts';
import { ensureSigningKey } from '../../lib/app/signing-keys/create-signing-key.ts';
import { makeUpgrade } from '../../lib/app/upgrade.ts';
import type { MigrateConfig } from '../../lib/config.ts';
import { createPool } from '../../lib/db/pool.ts';
import { ROLE_STATEMENT_TIMEOUT_MS } from '../../lib/db/role-settings.ts';
import { errorField } from '../../lib/logger.ts';
import { openDataKeys } from '../../lib/secrets/data-keys.ts';
import { makeFetchSecret } from '../../lib/secrets/fetch-secret.ts';
import { makePutSecret } from '../../lib/secrets/put-secret.ts';
import { makeReplaceSecret } from '../../lib/secrets/replace-secret.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { databaseConnections, deployFunctions } from '../../lib/topology.ts';
import { databaseAddress } from './database-address.ts';
import { createLogger } from './logger.ts';

/**
 * Timeout of one statement: long enough to build an index on a large table. It is 120 s shorter than the function's timeout,
 * to leave time for the wait for the database, so that the statement fails first, with its own error.
 */
export const STATEMENT_TIMEOUT_MS = (deployFunctions.migrate.timeoutSeconds - 120) * 1_000;

/** Composes the changes that a deployment makes to the database before new code receives traffic. */
export function composeMigrate(config: MigrateConfig) {
  const { region, database, adminKeySecretArn, dataKeysSecretArn } = config;
  const clock = systemClock;
  const logger = createLogger('belfry-migrate', config);
  const address = databaseAddress(database, { region, clock });
  const fetchSecret = makeFetchSecret({ region });
  const syncAdminKey = makeSyncAdminKey({
    fetchSecret,
    putSecret: makePutSecret({ region }),
    secretArn: adminKeySecretArn,
    clock,
  });
  const makeKeyRing = makeMakeKeyRing({
    fetchSecret,
    replaceSecret: makeReplaceSecret({ region }),
    secretArn: dataKeysSecretArn,
  });
  const dataKeys = openDataKeys({ kind: 'secret', secretArn: dataKeysSecretArn }, { fetchSecret, clock });
  const openPool = () =>
    createPool(address, {
      max: databaseConnections.migrate,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      onError: (error) => logger.warn('connection_lost', { error: errorField(error) }),
    });
  const upgrade = makeUpgrade({
    openPool,
    clock,
    makeKeyRing,
    ensureSigningKey: (pool) => ensureSigningKey({ pool, dataKeys, clock }),
    syncAdminKey,
    // The user in a URL may belong to someone else, and may be a superuser. Belfry does not set limits for it.
    roleSettings: database.kind === 'parts' ? { statementTimeoutMs: ROLE_STATEMENT_TIMEOUT_MS } : undefined,
  });
  const reencryptHeaders = makeReencryptHeaders({ openPool, dataKeys, clock });
  return { upgrade, reencryptHeaders, clock, logger };
}
