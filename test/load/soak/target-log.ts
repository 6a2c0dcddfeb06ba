import type { Program } from '../../support/processes/program.ts';
import type { TargetCalls } from '../../support/counting-target.ts';

/** Requests that reached the target since the start. */
export type TargetLog = { requests: number; executions: number; latestMs: number };

/** Keeps the target's log. Call the returned function regularly, so that the log does not grow in the target's process. */
export function keepTargetLog(target: Program<TargetCalls>): () => Promise<TargetLog> {
  const seen = new Set<number>();
  let requests = 0;
  let latestMs = 0;
  return async () => {
    const { ids, latenesses } = await target.call('collect', undefined);
    requests += ids.length;
    for (const id of ids) seen.add(id);
    latestMs = Math.max(latestMs, latenesses.at(-1) ?? 0);
    return { requests, executions: seen.size, latestMs };
  };
}
