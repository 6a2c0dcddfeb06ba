import { createPool } from '../lib/db/pool.ts';
import { listRunningExecutions, type RunningExecution } from '../lib/db/running-executions.ts';

const SHOWN = 10;
/** Whoever pressed Ctrl-C waits for it. */
const TIMEOUT_MS = 1_000;

/** Lines that say which requests are out: of which job, where to, since when. None when there is none, or nobody answers. */
export async function describeRequestsOut(databaseUrl: string, nowMs: number): Promise<string[]> {
  const pool = createPool(databaseUrl, { max: 1, statementTimeoutMs: TIMEOUT_MS, onError: () => {} });
  try {
    // One more tells that there are more.
    const running = await listRunningExecutions(pool, SHOWN + 1);
    const lines = running.slice(0, SHOWN).map((execution) => describe(execution, nowMs));
    return running.length > SHOWN ? [...lines, 'and more'] : lines;
  } catch {
    return [];
  } finally {
    await pool.end();
  }
}

function describe({ jobId, jobName, api, startedAt }: RunningExecution, nowMs: number): string {
  const name = jobName === null ? '' : ` (${jobName})`;
  const seconds = Math.max(0, Math.round((nowMs - startedAt.getTime()) / 1_000));
  return `job ${jobId}${name}: ${withoutQuery(api)}, out for ${seconds} s`;
}

/** A query is where URLs have their secrets. */
function withoutQuery(api: string): string {
  const { origin, pathname, search } = new URL(api);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}
