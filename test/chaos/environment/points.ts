import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders of the points. A point is before or after one write of one function: `worker postgresql claim_executions before`.
 * Points are files, so exactly one of the environments that reach an armed point dies there, and no message has to arrive in
 * time. The environment that dies moves `armed/<point>` to `hit/<point>.<pid>`. `reached/<point>` says that the point exists.
 */
export const POINT_FOLDERS = ['armed', 'hit', 'reached'] as const;

export type Moment = 'before' | 'after';

/** Notes that the process reached a point, and ends it there with SIGKILL if the point is armed. */
export type ReachPoint = (write: string, moment: Moment) => void;

export function makeReachPoint(directory: string, functionName: string): ReachPoint {
  const noted = new Set<string>();
  return (write, moment) => {
    const point = `${functionName} ${write} ${moment}`;
    if (!noted.has(point)) {
      noted.add(point);
      writeFileSync(join(directory, 'reached', point), '');
    }
    try {
      renameSync(join(directory, 'armed', point), join(directory, 'hit', `${point}.${process.pid}`));
    } catch {
      return;
    }
    // SIGKILL does not return.
    process.kill(process.pid, 'SIGKILL');
  };
}
