import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { isApiKey } from '../../../lib/app/api-key.ts';
import { setRoleSettings } from '../../../lib/db/role-settings.ts';
import { createPool, type Pool } from '../../../lib/db/pool.ts';
import { inTransaction } from '../../../lib/db/transaction.ts';
import { migrations } from '../../../lib/generated/embedded.ts';
import { parseKeyRing } from '../../../lib/secrets/key-ring.ts';
import { deployFunctions } from '../../../lib/topology.ts';
import { startEnvironment, type Environment } from '../../../local/environments/environment.ts';
import { databaseAddress } from '../../../functions/compose/database-address.ts';
import { createAuthority } from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/waiting.ts';
import { startSecretsManager, type TestSecretsManager } from '../../support/secrets-manager.ts';
import { startTlsPostgres, type TlsPostgres } from '../../support/tls-postgres.ts';

/** The migrate function, composed from its environment, with a database like RDS and its own role for Belfry. */

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:';
const LOGIN_ARN = `${ARN}login`;
const ADMIN_KEY_ARN = `${ARN}admin-key`;
const DATA_KEYS_ARN = `${ARN}data-keys`;
const PASSWORD = 'password-of-the-role';
const lineSchema = z.record(z.string(), z.unknown());

let postgres: TlsPostgres;
let secretsManager: TestSecretsManager;
let folder: string;
let environment: Environment;
let logged = '';

beforeAll(async () => {
  const authority = createAuthority('Belfry test authority');
  postgres = await startTlsPostgres(authority.issue('localhost'));
  secretsManager = await startSecretsManager();
  folder = await mkdtemp(join(tmpdir(), 'belfry-authorities-'));
  await writeFile(join(folder, 'authorities.pem'), authority.certificate);
  await postgres.administer(`create role app login password '${PASSWORD}'`);
  await postgres.administer('create database belfry_app owner app');
  secretsManager.secrets.set(LOGIN_ARN, JSON.stringify({ username: 'app', password: PASSWORD }));
  secretsManager.secrets.set(ADMIN_KEY_ARN, 'a filling of CloudFormation');
  secretsManager.secrets.set(DATA_KEYS_ARN, 'a filling of CloudFormation');
});
afterEach(() => environment?.terminate());
afterAll(async () => {
  secretsManager.close();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

async function migrate(event: object = { RequestType: 'any' }): Promise<unknown> {
  const { entry, memoryMb, timeoutSeconds } = deployFunctions.migrate;
  logged = '';
  environment = startEnvironment({
    functionName: 'belfry-migrate',
    entry: new URL(`../../../${entry}`, import.meta.url),
    env: {
      BELFRY_DATABASE_HOST: 'localhost',
      BELFRY_DATABASE_PORT: String(postgres.port),
      BELFRY_DATABASE_NAME: 'belfry_app',
      BELFRY_DATABASE_SECRET_ARN: LOGIN_ARN,
      BELFRY_DATABASE_CA_FILE: join(folder, 'authorities.pem'),
      BELFRY_ADMIN_KEY_SECRET_ARN: ADMIN_KEY_ARN,
      BELFRY_DATA_KEYS_SECRET_ARN: DATA_KEYS_ARN,
      BELFRY_DEPLOYMENT: 'shop-prod',
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    timeoutMs: timeoutSeconds * 1_000,
    memoryMb,
    log: (text) => (logged += text),
  });
  await environment.ready;
  return environment.invoke(event);
}

/** Everything the function logged, when there is a line. */
const lines = async () => {
  await until(() => logged.includes('\n'));
  return logged
    .trim()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)));
};

/** Connects as Belfry's functions do, through a proxy or directly. */
async function withPool<T>(
  { isProxied, statementTimeoutMs = 4_000 }: { isProxied: boolean; statementTimeoutMs?: number },
  use: (pool: Pool) => Promise<T>,
): Promise<T> {
  const login = { username: 'app', password: PASSWORD };
  const address = databaseAddress(
    {
      kind: 'parts',
      host: 'localhost',
      port: postgres.port,
      database: 'belfry_app',
      secretArn: LOGIN_ARN,
      caFile: join(folder, 'authorities.pem'),
      isProxied,
    },
    { region: 'eu-central-1', clock: new ManualClock() },
  );
  if (typeof address === 'string') throw new Error('an address made of parts must not be a URL');
  const source = { get: async () => login, forget: () => {} };
  const pool = createPool({ ...address, login: source }, { max: 2, statementTimeoutMs, onError: () => {} });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

const timeoutsIn = (pool: Pool) =>
  pool
    .query(
      `select current_setting('statement_timeout') as statement,
              current_setting('idle_in_transaction_session_timeout') as idle`,
    )
    .then(({ rows }) => rows[0]);

describe('the migrate function', () => {
  test('migrate creates the schema, the admin key and a key ring, and logs one line', async () => {
    const applied = migrations.map((migration) => migration.name);
    expect(await migrate()).toEqual({ applied });
    expect(isApiKey(secretsManager.secrets.get(ADMIN_KEY_ARN) ?? '')).toBe(true);
    expect(parseKeyRing(secretsManager.secrets.get(DATA_KEYS_ARN) ?? '')?.keys.size).toBe(1);
    expect(await lines()).toMatchObject([
      {
        level: 'INFO',
        message: 'migrate',
        applied,
        service: 'belfry-migrate',
        deployment: 'shop-prod',
        function_request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ]);
    for (const secret of secretsManager.secrets.values()) expect(logged).not.toContain(secret);
  });

  test('migrate limits connections through a proxy, and is not limited itself', async () => {
    await migrate();
    const limited = await withPool({ isProxied: true }, timeoutsIn);
    expect(limited).toEqual({ statement: '20s', idle: '20s' });
    // Connects as the migrate function does.
    const own = await withPool({ isProxied: false, statementTimeoutMs: 720_000 }, timeoutsIn);
    expect(own).toEqual({ statement: '12min', idle: '12min' });
  });

  test('migrate applies nothing the second time', async () => {
    const before = [...secretsManager.secrets];
    expect(await migrate()).toEqual({ applied: [] });
    expect([...secretsManager.secrets]).toEqual(before);
  });

  test('migrate encrypts the headers of all jobs on request', async () => {
    const none = { reencrypted: 0, unreadable: 0, isComplete: true };
    expect(await migrate({ reencryptHeaders: true })).toEqual(none);
    expect(await lines()).toMatchObject([{ level: 'INFO', message: 'reencrypted', ...none }]);
  });

  test('migrate fails with the message of the error', async () => {
    secretsManager.intercept(({ secretArn }) =>
      secretArn === ADMIN_KEY_ARN ? 'AccessDeniedException' : undefined,
    );
    await expect(migrate()).rejects.toThrow(
      'Error: Secrets Manager does not answer; try again shortly (refused: AccessDeniedException)',
    );
    expect(await lines()).toMatchObject([
      {
        level: 'ERROR',
        message: 'migrate_failed',
        error: { cause: { message: 'refused: AccessDeniedException' } },
      },
    ]);
    secretsManager.intercept(() => undefined);
  });
});

test('two migrate functions that limit the role at the same time wait for each other', async () => {
  await withPool({ isProxied: false }, async (pool) => {
    const set = Promise.withResolvers<void>();
    const waits = Promise.withResolvers<void>();
    const first = inTransaction(pool, async (tx) => {
      await setRoleSettings(tx, { statementTimeoutMs: 20_000 });
      set.resolve();
      await waits.promise;
    });
    await set.promise;
    const second = inTransaction(pool, (tx) => setRoleSettings(tx, { statementTimeoutMs: 20_000 }));
    await withPool({ isProxied: false }, async (other) => {
      await until(async () => {
        const { rows } = await other.query<{ blocked: number }>(
          `select count(*) as blocked from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows[0]?.blocked === 1;
      });
    });
    waits.resolve();
    await Promise.all([first, second]);
  });
});
