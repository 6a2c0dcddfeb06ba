import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processIdentity } from '../../local/data-dir/orphans.ts';

/** Lists the running processes that a process has started, in any group or session. */
export function childPids(parentPid: number): number[] {
  try {
    return toPids(readFileSync(`/proc/${parentPid}/task/${parentPid}/children`, 'utf8'));
  } catch {
    // Not Linux, or a kernel without that file. `ps` itself is a child of this process.
    const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid=,comm='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const [parent, child, name] = line.trim().split(/\s+/);
      return Number(parent) === parentPid && name !== 'ps' ? [Number(child)] : [];
    });
  }
}

const toPids = (text: string): number[] => text.split(/\s+/).filter(Boolean).map(Number);

export const isRunning = (pid: number): boolean => processIdentity(pid) !== undefined;
