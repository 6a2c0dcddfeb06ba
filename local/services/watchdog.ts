import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ownerName } from './orphans.ts';

export type Watchdog = {
  /** Undefined when it could not be started. */
  pid: number | undefined;
  /** To be called when the services have stopped. */
  stop: () => Promise<void>;
};

const AFTER_OUR_END = fileURLToPath(new URL('watchdog-main.ts', import.meta.url));

/**
 * Ends our services when we are gone, however that comes, a `kill -9` included. It reads from a pipe that we alone hold open
 * and nobody writes to: its end is ours, and the kernel never misses it. A shell and `cat` wait for that, in 2 MB; Node is
 * started only then. Where there is no watchdog, the next run ends what was left.
 */
export function startWatchdog(dataDir: string): Watchdog {
  const wait = 'cat > /dev/null; exec "$@"';
  const args = ['-c', wait, 'sh', process.execPath, AFTER_OUR_END, dataDir, ownerName()];
  // In a group of its own, so that neither Ctrl-C nor a `kill -9` of our group reaches it.
  const child = spawn('/bin/sh', args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  // The pipe is not to keep us running.
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
