import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import type { DataDir } from '../data-dir.ts';
import { type Child, type ChildService, startChild, untilReady } from './child.ts';
import { findPostgres } from './postgres-binaries.ts';
import { openCluster } from './postgres-cluster.ts';

export type PostgresOptions = {
  dataDir: DataDir;
  report: (line: string) => void;
  /** False: faster, and a crash of the machine may take the data. For tests. */
  durable?: boolean;
  maxConnections?: number;
};

/** Long enough to replay a full `max_wal_size` after a crash, on a slow disk. */
const READY_TIMEOUT_MS = 120_000;
/** Every 200 ms: the server's children may be in the middle of a statement. */
const RESTARTS_AFTER_CRASH = 50;

const settings = {
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  // Nobody replicates from here; less is written without.
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Compiling costs more than it saves on queries of milliseconds.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

const fragile = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** PostgreSQL on a unix socket, with an empty database `belfry` on the first run and the same one ever after. */
export async function startPostgres(options: PostgresOptions): Promise<ChildService> {
  const { dataDir, report, durable = true, maxConnections = 200 } = options;
  const { user } = dataDir;
  const bin = await findPostgres(dataDir, report);
  const cluster = await openCluster({ dataDir, bin, durable, report });
  const socketDir = join(dataDir.socketDir, 'postgres');
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(socketDir, user.uid, user.gid);

  const all = {
    ...settings,
    max_connections: String(maxConnections),
    unix_socket_directories: socketDir,
    hba_file: cluster.accessFiles.hba,
    ident_file: cluster.accessFiles.ident,
    ...(durable ? {} : fragile),
  };
  const args = [
    '-D',
    cluster.directory,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const start = () =>
    startChild({
      name: 'PostgreSQL',
      id: 'postgres',
      dataDir,
      command: join(bin, 'postgres'),
      args,
      env: { LC_ALL: 'C' },
      user,
      // A fast shutdown, then an immediate one, which is a crash that ends the server's children too.
      stopSignals: ['SIGINT', 'SIGQUIT'],
    });
  const child = await startUntilReady(start, socketDir, cluster.hasCrashed ? RESTARTS_AFTER_CRASH : 0);
  return { ...child, url: urlOf(socketDir, 'belfry') };
}

/**
 * When the server alone was killed, its children notice soon, but not at once, and until then the memory they share
 * keeps a new server from starting.
 */
async function startUntilReady(
  start: () => Promise<Child>,
  socketDir: string,
  restarts: number,
): Promise<Child> {
  for (let restart = 0; ; restart++) {
    const child = await start();
    try {
      await untilReady(child, () => ensureDatabase(socketDir), READY_TIMEOUT_MS);
      return child;
    } catch (error) {
      if (restart >= restarts) throw error;
    }
    await sleep(200);
  }
}

const INVALID_CATALOG_NAME = '3D000';

async function ensureDatabase(socketDir: string): Promise<void> {
  try {
    await withClient(urlOf(socketDir, 'belfry'), (client) => client.query('select 1'));
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === INVALID_CATALOG_NAME)) throw error;
    await withClient(urlOf(socketDir, 'postgres'), (client) => client.query('create database belfry'));
  }
}

async function withClient(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // Without a listener a server that goes away ends our process.
  client.on('error', () => {});
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end();
  }
}

/**
 * `host` in the query is the socket's directory, for node-postgres as for libpq. The host before it is not used; it
 * makes this a URL that `new URL` takes too. The port is there because it is part of the socket's name and PGPORT
 * would change the default.
 */
function urlOf(socketDir: string, database: string): string {
  const host = encodeURIComponent(socketDir).replaceAll('%2F', '/');
  return `postgresql://belfry@localhost:5432/${database}?host=${host}`;
}
