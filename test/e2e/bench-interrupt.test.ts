import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { childPids, isRunning } from '../support/child-pids.ts';
import { until } from '../support/waiting.ts';

const root = join(import.meta.dirname, '../..');

const descendants = (pid: number): number[] =>
  childPids(pid).flatMap((child) => [child, ...descendants(child)]);

/** The words of the command of a process; none once it has ended. */
function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

const isLocalRun = (pid: number): boolean => commandOf(pid).some((word) => word.endsWith('local/main.ts'));

test.skipIf(!existsSync('/proc/self/cmdline')).each(['SIGINT', 'SIGTERM'] as const)(
  'a benchmark that npm hands a %s stops the Belfry that it has started, and its services',
  { timeout: 240_000 },
  async (signal) => {
    const npm = spawn('npm', ['run', 'bench', '--', 'api'], { cwd: root, stdio: 'ignore', detached: true });
    const ended = once(npm, 'close');
    try {
      // The Belfry of the benchmark has started its own threads and services, or is about to.
      await until(() => npm.pid !== undefined && descendants(npm.pid).some(isLocalRun), {
        timeoutMs: 150_000,
        everyMs: 50,
      });
      const started = descendants(npm.pid ?? 0);
      expect(started.length).toBeGreaterThan(3);
      npm.kill(signal);
      await ended;
      await until(() => started.filter(isRunning).length === 0, { timeoutMs: 20_000, everyMs: 50 });
    } finally {
      if (npm.pid !== undefined && npm.exitCode === null && npm.signalCode === null)
        process.kill(-npm.pid, 'SIGKILL');
    }
  },
);
