import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, renameSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataDir, LocalRunError } from '../data-dir/data-dir.ts';
import { STOP_TIMEOUT_MS, forgetChild, noteChild } from '../data-dir/orphans.ts';
import type { ServiceUser } from '../data-dir/service-user.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

export type Service = {
  name: string;
  /** The URL that clients connect to. */
  url: string;
  /** Stops the service, and resolves when it has ended. Further calls await the first. */
  stop: () => Promise<void>;
  /** Resolves with one line if the service ends by itself; never resolves after `stop`. */
  exited: Promise<string>;
};

export type ChildService = Service & { pid: number };

export type Child = Omit<ChildService, 'url'> & {
  logFile: string;
  hasEnded: () => boolean;
  /** Returns the exit code; null while the child runs, and after a signal has ended it. */
  exitCode: () => number | null;
};

export type ChildOptions = {
  /** The name in messages. */
  name: string;
  /** The name of its files in the data directory: `<id>.log`, `children/<id>.json`. */
  id: string;
  dataDir: DataDir;
  command: string;
  args: readonly string[];
  env: Record<string, string>;
  user?: ServiceUser | undefined;
  /** The signals that stop it, one after the other. The child has STOP_TIMEOUT_MS after each; SIGKILL follows. */
  stopSignals: readonly [NodeJS.Signals, ...NodeJS.Signals[]];
};

/** Starts a server in its own process group, so that Ctrl-C does not reach it directly. Its output goes to a log file. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, id, dataDir, command, args, env, user, stopSignals } = options;
  const logFile = join(dataDir.path, `${id}.log`);
  const log = openLog(logFile);
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true, cwd: '/', env, ...user });
  closeSync(log);
  if (child.pid === undefined) {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve));
    throw new LocalRunError(`cannot run ${name}: ${error.message}`, { cause: error });
  }
  const { pid } = child;
  noteChild(dataDir.path, id, { pid, stopSignals });

  // Stops the child also when this process crashes or calls process.exit().
  const stopWithUs = () => child.kill(stopSignals[0]);
  process.once('exit', stopWithUs);

  let stopping: Promise<void> | undefined;
  let ended = false;
  const exited = Promise.withResolvers<string>();
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      process.off('exit', stopWithUs);
      forgetChild(dataDir.path, id);
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
      if (stopping === undefined) exited.resolve(`${name} ended unexpectedly ${how}; its log is ${logFile}`);
      resolve();
    });
  });

  async function end(): Promise<void> {
    for (const signal of [...stopSignals, 'SIGKILL'] as const) {
      child.kill(signal);
      await Promise.race([gone, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      if (ended) return;
    }
    await gone;
  }
  const stop = () => (stopping ??= ended ? Promise.resolve() : end());
  return {
    name,
    pid,
    logFile,
    stop,
    exited: exited.promise,
    hasEnded: () => ended,
    exitCode: () => child.exitCode,
  };
}

/**
 * Repeats `attempt` until it resolves. Rejects if the child ends first, or after the timeout; the child has then ended. Each
 * attempt must have its own time limit.
 */
export async function untilReady(
  child: Child,
  attempt: () => Promise<void>,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (child.hasEnded()) {
        const reason = await lastComplaint(child.logFile);
        throw new LocalRunError(`${child.name} did not start: ${reason} (${child.logFile})`, {
          cause: error,
        });
      }
      if (performance.now() >= deadline) {
        await child.stop();
        const seconds = Math.round(timeoutMs / 1_000);
        throw new LocalRunError(
          `${child.name} did not answer within ${seconds} seconds; its log is ${child.logFile}`,
          { cause: error },
        );
      }
    }
    await sleep(10);
  }
}

/** Opens the log of this run, and keeps the log of the previous run. This bounds the logs without a rotation. */
function openLog(logFile: string): number {
  try {
    renameSync(logFile, `${logFile}.1`);
  } catch {
    // The first run has no previous log.
  }
  return openSync(logFile, O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
}

/** Returns the last line of a log that looks like a reason, with the next line, which may have details. */
async function lastComplaint(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const found = lines.findLastIndex((line) => /fatal|panic|error|can't|cannot/i.test(line));
  const reason = lines.slice(found === -1 ? -1 : found, found === -1 ? undefined : found + 2).join(' ');
  return reason.replaceAll(/\s+/g, ' ').slice(0, 500) || 'no reason given';
}
