import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openDataDir, type DataDir } from '../../local/data-dir/data-dir.ts';
import { startChild, untilReady } from '../../local/services/child.ts';
import { findRedis } from '../../local/services/redis-binary.ts';
import { freePort } from './free-port.ts';

export type TestRedisServer = {
  port: number;
  /** Kills the server. Its data is lost, and no client is notified. */
  kill: () => void;
  stop: () => Promise<void>;
};

/** A directory for the servers of a test. Close it after the servers. */
export async function openServerDir(): Promise<DataDir> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-test-servers-'));
  const dataDir = await openDataDir(directory);
  return {
    ...dataDir,
    close: async () => {
      await dataDir.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Starts a real server on a port of 127.0.0.1, for tests that need other settings than the shared server has. */
export async function startRedisServer(
  dataDir: DataDir,
  settings: Record<string, string> = {},
): Promise<TestRedisServer> {
  const { command, env } = await findRedis(dataDir, () => {});
  const port = Number(settings['port'] ?? (await freePort()));
  const id = `redis-${port}`;
  const all = {
    port: String(port),
    bind: '127.0.0.1',
    dir: dataDir.path,
    save: '',
    appendonly: 'no',
    daemonize: 'no',
    ...settings,
  };
  const child = await startChild({
    name: 'Redis',
    id,
    dataDir,
    command,
    args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]),
    env,
    stopSignals: ['SIGKILL'],
  });
  await untilReady(child, () => ping(port), 10_000);
  return { port, kill: () => process.kill(child.pid, 'SIGKILL'), stop: child.stop };
}

async function ping(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => null, connectTimeout: 2_000 });
  redis.on('error', () => {});
  await redis.ping().finally(() => redis.disconnect());
}
