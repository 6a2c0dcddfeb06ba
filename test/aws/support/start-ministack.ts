import { mkdir, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import type { DataDir } from '../../../local/data-dir.ts';
import { startChild, untilReady } from '../../../local/services/child.ts';

const READY_TIMEOUT_MS = 30_000;
const repository = join(import.meta.dirname, '..', '..', '..');

/**
 * MiniStack on a free port of 127.0.0.1. Its functions are processes in its group, with its environment below their own,
 * so it gets a clean one: no credentials, no settings of this machine's, and the Node of the repository as `node`.
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
      // It listens on every interface otherwise.
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

/** Which emulator answers there, and its version where it says so. */
export async function identifyEmulator(url: string): Promise<string> {
  for (const [name, path] of [
    ['MiniStack', '/_ministack/health'],
    ['LocalStack', '/_localstack/health'],
  ] as const) {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    if (response.ok) return `${name} ${/"version":\s*"([^"]+)"/.exec(text)?.[1] ?? ''}`.trimEnd();
  }
  return 'an unknown emulator';
}

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`its health check answered ${response.status}`);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nobody is left in it.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
