import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openDataDir } from '../../local/data-dir/data-dir.ts';
import { startChild, untilReady } from '../../local/services/child.ts';
import { findPostgres } from '../../local/services/postgres-binaries.ts';
import { openCluster } from '../../local/services/postgres-cluster.ts';
import { freePort } from './free-port.ts';

export type TlsPostgres = {
  port: number;
  /** Runs a statement as the superuser. */
  administer: (sql: string) => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * Starts a PostgreSQL that clients reach like RDS: over TCP, only with TLS and a password. It starts more slowly than a
 * database of the shared server, which accepts only this user.
 */
export async function startTlsPostgres(server: { certificate: string; key: string }): Promise<TlsPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-test-tls-'));
  const dataDir = await openDataDir(directory);
  const report = (): void => {};
  const bin = await findPostgres(dataDir, report);
  const cluster = await openCluster({ dataDir, bin, durable: false, report });
  const inCluster = (name: string): string => join(cluster.directory, name);
  await writeFile(
    inCluster('pg_hba.conf'),
    'local all all peer map=belfry\nhostssl all all 127.0.0.1/32 scram-sha-256\n',
  );
  await writeFile(inCluster('server.crt'), server.certificate);
  await writeFile(inCluster('server.key'), server.key, { mode: 0o600 });
  if (dataDir.user !== undefined) {
    await chown(inCluster('server.key'), dataDir.user.uid, dataDir.user.gid);
  }

  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: cluster.directory,
    ident_file: cluster.accessFiles.ident,
    ssl: 'on',
    fsync: 'off',
  };
  const child = await startChild({
    name: 'PostgreSQL',
    id: 'postgres',
    dataDir,
    command: join(bin, 'postgres'),
    args: [
      '-D',
      cluster.directory,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: { LC_ALL: 'C' },
    user: dataDir.user,
    stopSignals: ['SIGINT', 'SIGQUIT'],
  });
  const administer = async (sql: string): Promise<void> => {
    const client = new Client({ host: cluster.directory, port, user: 'belfry', database: 'postgres' });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await untilReady(child, () => administer('select 1'), 30_000);
  return {
    port,
    administer,
    stop: async () => {
      await child.stop();
      await dataDir.close();
      await rm(cluster.directory, { recursive: true, force: true });
      await rm(directory, { recursive: true, force: true });
    },
  };
}
