import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { DataDir } from '../data-dir/data-dir.ts';
import { type ChildService, startChild, untilReady } from './child.ts';
import { findRedis } from './redis-binary.ts';

export type RedisOptions = {
  dataDir: DataDir;
  report: (line: string) => void;
  /** False for tests: stores nothing on disk. */
  durable?: boolean;
  databases?: number;
};

/** Timeout until Redis answers. It loads its data at about 100 MB/s. */
const READY_TIMEOUT_MS = 60_000;

/** Starts Redis or Valkey on a unix socket. Its data survives a crash, except for the last second. */
export async function startRedis(options: RedisOptions): Promise<ChildService> {
  const { dataDir, report, durable = true, databases = 16 } = options;
  const { command, env } = await findRedis(dataDir, report);
  const directory = join(dataDir.path, 'redis');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const socket = join(dataDir.socketDir, 'redis.sock');

  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: directory,
    databases: String(databases),
    appendonly: durable ? 'yes' : 'no',
    appendfsync: 'everysec',
    save: '',
    // When memory is full, the queue must refuse new entries instead of dropping old ones.
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  };
  const child = await startChild({
    name: 'Redis',
    id: 'redis',
    dataDir,
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env,
    stopSignals: ['SIGTERM'],
  });
  await untilReady(child, () => ping(socket), READY_TIMEOUT_MS);
  // ioredis reads `path` from the query. It does not use the host, which other URL parsers require.
  const path = encodeURIComponent(socket).replaceAll('%2F', '/');
  return { ...child, url: `redis://localhost?path=${path}` };
}

/** Pings Redis without ioredis, whose `disconnect` after a refused connection keeps the process alive for two seconds. */
async function ping(socket: string): Promise<void> {
  const connection = connect(socket);
  try {
    connection.write('PING\r\n');
    const [reply] = await once(connection, 'data', { signal: AbortSignal.timeout(2_000) });
    // Redis answers with an error while it loads its data.
    if (String(reply) !== '+PONG\r\n') throw new Error(String(reply).trim());
  } finally {
    connection.destroy();
  }
}
