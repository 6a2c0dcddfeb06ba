import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { databaseAddress } from '../../../functions/compose/database-address.ts';
import { createPool, type Connection, type Pool } from '../../../lib/db/pool.ts';
import { setRoleSettings } from '../../../lib/db/role-settings.ts';
import { inTransaction } from '../../../lib/db/transaction.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { createAuthority } from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { startSecretsManager } from '../../support/secrets-manager.ts';
import { startTlsPostgres } from '../../support/tls-postgres.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:belfry-database';

const authority = createAuthority('Belfry test authority');
const postgres = await startTlsPostgres(authority.issue('localhost'));
const secretsManager = await startSecretsManager();
const folder = await mkdtemp(join(tmpdir(), 'belfry-authorities-'));
afterAll(async () => {
  secretsManager.close();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

const clock = new ManualClock();
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secretsManager.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret key');
  await postgres.administer('drop role if exists app; drop role if exists app_clone');
  await rotate('app', 'first password');
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  vi.unstubAllEnvs();
});

/** Does what a rotation does: it changes the password in the database, then the secret. */
async function rotate(username: string, password: string): Promise<void> {
  await setPassword(username, password);
  secretsManager.secrets.set(SECRET_ARN, JSON.stringify({ username, password, engine: 'postgres' }));
}

async function setPassword(username: string, password: string): Promise<void> {
  await postgres.administer(`
    do $$ begin create role ${username} login; exception when duplicate_object then null; end $$;
    alter role ${username} password '${password}'`);
}

async function open(
  options: { host?: string; authority?: string; isProxied?: boolean; max?: number } = {},
): Promise<Pool> {
  const caFile = join(folder, 'authorities.pem');
  await writeFile(caFile, options.authority ?? authority.certificate);
  const address = databaseAddress(
    {
      kind: 'parts',
      host: options.host ?? 'localhost',
      port: postgres.port,
      database: 'postgres',
      secretArn: SECRET_ARN,
      caFile,
      isProxied: options.isProxied ?? false,
    },
    { region: 'eu-central-1', clock },
  );
  const pool = createPool(address, { max: options.max ?? 2, statementTimeoutMs: 4_000, onError: () => {} });
  cleanUps.push(pool.end);
  return pool;
}

/** Keeps a connection busy, so that the pool opens another one. */
async function hold(pool: Pool): Promise<Connection> {
  const connection = await pool.connect();
  cleanUps.push(() => connection.release(false));
  return connection;
}

async function whoAmI(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ name: string }>('select current_user as name');
  return rows[0]?.name;
}

async function causeOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnavailableError);
  return error instanceof UnavailableError ? error.cause : undefined;
}

describe('the connection to a database with a certificate', () => {
  test('a connection to a database with a certificate is encrypted, and uses the login in the secret', async () => {
    const pool = await open();
    const { rows } = await pool.query(
      'select ssl, usename as name from pg_stat_ssl join pg_stat_activity using (pid) where pid = pg_backend_pid()',
    );
    expect(rows).toEqual([{ ssl: true, name: 'app' }]);
  });

  test('a connection is refused when another authority signed the certificate', async () => {
    const pool = await open({ authority: createAuthority('Another authority').certificate });
    expect(await causeOf(pool.query('select 1'))).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  test('a connection is refused when the certificate is for another host', async () => {
    const pool = await open({ host: '127.0.0.1' });
    expect(await causeOf(pool.query('select 1'))).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });
});

describe('a login that is rotated', () => {
  test('the login is read once, not for each connection', async () => {
    const pool = await open();
    const before = secretsManager.requests();
    const [one, other] = await Promise.all([pool.connect(), pool.connect()]);
    one.release(false);
    other.release(false);
    await pool.query('select 1');
    expect(secretsManager.requests() - before).toBe(1);
  });

  test('the login is read again for the first connection that it refuses', async () => {
    const pool = await open();
    const held = await hold(pool);
    await rotate('app', 'second password');
    expect(await whoAmI(pool)).toBe('app');
    // The earlier connection continues to work too.
    expect((await held.query('select 1')).rowCount).toBe(1);
  });

  test('the login is read again for a transaction, and once for many callers at the same time', async () => {
    const pool = await open({ max: 5 });
    await hold(pool);
    await rotate('app', 'second password');
    const connections = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    for (const connection of connections) connection.release(false);
  });

  test('a rotation may change the user', async () => {
    const pool = await open({ max: 2 });
    await hold(pool);
    await rotate('app_clone', 'its password');
    await setPassword('app', 'no longer told');
    expect(await whoAmI(pool)).toBe('app_clone');
  });

  test('the login is read again after five minutes, while the old one is still valid', async () => {
    const pool = await open({ max: 50 });
    const newConnectionIs = async (): Promise<unknown> => {
      const { rows } = await (await hold(pool)).query<{ name: string }>('select current_user as name');
      return rows[0]?.name;
    };
    await hold(pool);
    await rotate('app_clone', 'its password');
    await clock.advanceBy(5 * 60_000);
    // In the background: no connection waits for a login that is known.
    expect(await newConnectionIs()).toBe('app');
    await expect.poll(newConnectionIs).toBe('app_clone');
  });

  test('connections fail as unavailable while the database has a newer login than the secret, and no longer', async () => {
    const pool = await open();
    await setPassword('app', 'second password');
    expect(await causeOf(pool.query('select 1'))).toMatchObject({ code: '28P01' });
    await rotate('app', 'second password');
    expect(await whoAmI(pool)).toBe('app');
  });
});

describe('the login while Secrets Manager is unreachable', () => {
  test('a connection fails as unavailable while its login is not known yet', async () => {
    const pool = await open();
    secretsManager.secrets.clear();
    expect(await causeOf(pool.query('select 1'))).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('a known login serves new connections while Secrets Manager is unreachable', async () => {
    const pool = await open();
    await hold(pool);
    secretsManager.secrets.clear();
    await clock.advanceBy(60 * 60_000);
    expect(await whoAmI(pool)).toBe('app');
  });

  test('a malformed secret is reported by its ARN, without its contents', async () => {
    const pool = await open();
    secretsManager.secrets.set(SECRET_ARN, '{"username":"app","password":hunter2}');
    const error: unknown = await pool.query('select 1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ cause: { message: expect.stringContaining(SECRET_ARN) } });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
  });
});

describe('a connection behind a proxy', () => {
  test('a connection behind a proxy sends no settings; the role has them', async () => {
    const direct = await open();
    await inTransaction(direct, (tx) => setRoleSettings(tx, { statementTimeoutMs: 20_000 }));
    const proxied = await open({ isProxied: true });
    expect(await settings(proxied)).toEqual(['20s', '20s', 'off']);
    expect(await settings(await open())).toEqual(['4s', '4s', 'off']);
  });

  test('behind a proxy only the role limits the duration of a statement on the server', async () => {
    expect(await settings(await open({ isProxied: true }))).toEqual(['0', '0', 'on']);
  });
});

async function settings(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select current_setting('statement_timeout') as a, current_setting('idle_in_transaction_session_timeout') as b,
            current_setting('jit') as c`,
  );
  return rows.flatMap((row) => [row['a'], row['b'], row['c']]);
}
