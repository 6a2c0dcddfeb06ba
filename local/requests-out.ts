import { createPool } from '../lib/db/pool.ts';
import { listRunningExecutions, type RunningExecution } from '../lib/db/running-executions.ts';

const SHOWN = 10;
/** Short, because the user who pressed Ctrl-C waits for it. */
const TIMEOUT_MS = 1_000;

/** Returns a line for each open request: its job, its URL and its age. Returns none if the database does not answer. */
export async function describeRequestsOut(databaseUrl: string, nowMs: number): Promise<string[]> {
  const pool = createPool(databaseUrl, { max: 1, statementTimeoutMs: TIMEOUT_MS, onError: () => {} });
  try {
    // Reads one more than it shows, to know whether there are more.
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
  return `job ${jobId}${name}: ${withoutQuery(api)}, open for ${seconds} s`;
}

/** Removes the query of a URL, which may contain secrets. */
function withoutQuery(api: string): string {
  const { origin, pathname, search } = new URL(api);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}
