import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ownerName } from './orphans.ts';

export type Watchdog = {
  /** Undefined if the watchdog could not be started. */
  pid: number | undefined;
  /** Stops the watchdog. Call it after the services have stopped. */
  stop: () => Promise<void>;
};

const AFTER_OUR_END = fileURLToPath(new URL('watchdog-main.ts', import.meta.url));

/**
 * Starts a watchdog that ends the services after this process has ended in any way, even by `kill -9`. It reads from a pipe that
 * only this process holds open and that carries no data. When this process ends, the kernel closes the pipe. A shell and `cat`
 * wait for that in 2 MB of memory, and Node starts only then. Without a watchdog, the next run ends the services.
 */
export function startWatchdog(dataDir: string): Watchdog {
  const wait = 'cat > /dev/null; exec "$@"';
  const args = ['-c', wait, 'sh', process.execPath, AFTER_OUR_END, dataDir, ownerName()];
  // Runs in its own process group, so that Ctrl-C and a `kill -9` of our group do not reach it.
  const child = spawn('/bin/sh', args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  // The pipe must not keep this process running.
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();

  const { pid } = child;
  const stop = async (): Promise<void> => {
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.ref();
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
    await ended;
  };
  return { pid, stop };
}
