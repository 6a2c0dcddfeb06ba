import { childPids } from './child-pids.ts';

/** Sends a signal, and ignores a process that has already ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Stops a server and its children at any instruction. The parent stops first, so that it starts no more children. */
export function freeze(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const child of childPids(pid)) signal(child, 'SIGSTOP');
}

export function thaw(pid: number): void {
  for (const child of childPids(pid)) signal(child, 'SIGCONT');
  signal(pid, 'SIGCONT');
}
