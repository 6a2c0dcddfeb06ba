import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import type { DataDir } from '../data-dir/data-dir.ts';
import { type Child, type ChildService, startChild, untilReady } from './child.ts';
import { findPostgres } from './postgres-binaries.ts';
import { openCluster } from './postgres-cluster.ts';

export type PostgresOptions = {
  dataDir: DataDir;
  report: (line: string) => void;
  /** False for tests: faster, but a crash of the machine may lose the data. */
  durable?: boolean;
  maxConnections?: number;
};

/** Long enough to replay a full `max_wal_size` after a crash, on a slow disk. */
const READY_TIMEOUT_MS = 120_000;
/** Number of attempts, one every 200 ms. The children of a killed server may still be running a statement. */
const RESTARTS_AFTER_CRASH = 50;

const settings = {
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  // There are no replicas, and without them PostgreSQL writes less.
  wal_level: 'minimal',
  max_wal_senders: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

const fragile = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Starts PostgreSQL on a unix socket. The first run creates an empty database `belfry`, and later runs use it. */
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
      // SIGINT is a fast shutdown. SIGQUIT is an immediate one, like a crash, and also ends the server's children.
      stopSignals: ['SIGINT', 'SIGQUIT'],
    });
  const child = await startUntilReady(start, socketDir, cluster.hasCrashed ? RESTARTS_AFTER_CRASH : 0);
  return { ...child, url: urlOf(socketDir, 'belfry') };
}

/**
 * Starts the server until it is ready. If only the old server process was killed, its children end soon, but not at once. Until
 * then, their shared memory keeps a new server from starting.
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
  // Without a listener, a lost connection would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end();
  }
}

/**
 * Returns the URL of a database. node-postgres and libpq read the socket's directory from `host` in the query. The host before
 * it is not used, but `new URL` requires it. The port is part of the socket's name; without it, PGPORT would change the default.
 */
function urlOf(socketDir: string, database: string): string {
  const host = encodeURIComponent(socketDir).replaceAll('%2F', '/');
  return `postgresql://belfry@localhost:5432/${database}?host=${host}`;
}
