import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The processes a server has started: they are of sessions of their own, so that a signal to its group misses them. */
function childrenOf(pid: number): number[] {
  try {
    return toPids(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
  } catch {
    // Not Linux, or one without that file.
    const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const [parent, child] = toPids(line);
      return parent === pid && child !== undefined ? [child] : [];
    });
  }
}

const toPids = (text: string): number[] => text.split(/\s+/).filter(Boolean).map(Number);

/** One that has ended meanwhile needs no signal. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Stops a server with all it has started, in the middle of whatever they do. The parent first: it starts no more then. */
export function freeze(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const child of childrenOf(pid)) signal(child, 'SIGSTOP');
}

export function thaw(pid: number): void {
  for (const child of childrenOf(pid)) signal(child, 'SIGCONT');
  signal(pid, 'SIGCONT');
}
