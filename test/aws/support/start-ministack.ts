import { mkdir, mkdtemp } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { DataDir } from '../../../local/data-dir/data-dir.ts';
import { startChild, untilReady } from '../../../local/services/child.ts';
import { findFreePort, killGroup } from './emulator-process.ts';

const READY_TIMEOUT_MS = 30_000;
const repository = join(import.meta.dirname, '..', '..', '..');

/**
 * Starts MiniStack on a free port of 127.0.0.1. Its functions are processes in its group that inherit its environment. So it
 * gets a clean environment: without credentials and settings of this machine, and with the Node of the repository as `node`.
 */
export async function startMiniStack(options: {
  python: string;
  dataDir: DataDir;
}): Promise<{ url: string; stop: () => Promise<void> }> {
  const { python, dataDir } = options;
  const port = await findFreePort();
  const home = join(dataDir.path, 'ministack');
  await mkdir(home, { recursive: true });
  const child = await startChild({
    name: 'MiniStack',
    id: 'ministack',
    dataDir,
    command: python,
    args: ['-m', 'ministack'],
    env: {
      PATH: [join(repository, 'node_modules', '.bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: home,
      TMPDIR: await mkdtemp(join(home, 'tmp-')),
      // By default, it listens on every interface.
      BIND_HOST: '127.0.0.1',
      // Becomes part of the queues' URLs.
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
    },
    stopSignals: ['SIGTERM'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, () => checkHealth(url), READY_TIMEOUT_MS);
  const stop = async () => {
    await child.stop();
    // A function in the middle of an invocation outlives the emulator.
    killGroup(child.pid);
  };
  return { url, stop };
}

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`its health check answered ${response.status}`);
}
