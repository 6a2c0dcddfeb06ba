import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Processes that a server has started. They have their own sessions, so a signal to the server's group misses them. */
function childrenOf(pid: number): number[] {
  try {
    return toPids(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
  } catch {
    // Not Linux, or a kernel without that file.
    const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const [parent, child] = toPids(line);
      return parent === pid && child !== undefined ? [child] : [];
    });
  }
}

const toPids = (text: string): number[] => text.split(/\s+/).filter(Boolean).map(Number);

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
  for (const child of childrenOf(pid)) signal(child, 'SIGSTOP');
}

export function thaw(pid: number): void {
  for (const child of childrenOf(pid)) signal(child, 'SIGCONT');
  signal(pid, 'SIGCONT');
}
