import type { Pool } from '../../../lib/db/pool.ts';
import type { SendJson } from '../../../test/support/send-json.ts';
import { percentile } from '../../../test/support/stats.ts';
import { cpuBetween, readCost } from '../open-executions/server-cost.ts';
import type { Sent } from './visit.ts';

/** The cost of a request that is sent alone, without a browser on the machine. All times are in milliseconds. */
export type Cost = {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Execution of its statements in PostgreSQL: the mean of all calls, and the sum of the longest of each statement. */
  serverMs: number;
  serverMaxMs: number;
  /** Processor time of PostgreSQL, the mean. */
  cpuMs: number;
  sizeBytes: number;
};

const WARM_UPS = 3;

const RESET = /* sql */ `select pg_stat_statements_reset()`;

// Ticks and workers also run statements in this time, but far fewer.
const READ = /* sql */ `
  select coalesce(sum(total_exec_time), 0) as "totalMs", coalesce(sum(max_exec_time * calls / $1::integer), 0) as "maxMs"
    from pg_stat_statements
   where calls >= $1::integer
     and query not like '%pg_stat%'`;

/** Sends a request of the dashboard again and again. */
export async function replay(
  send: SendJson,
  pool: Pool,
  { method, path, body }: Pick<Sent, 'method' | 'path' | 'body'>,
  calls: number,
): Promise<Cost> {
  const once = async (): Promise<number> => {
    const { status, text } = await send(method, path, body === null ? undefined : JSON.parse(body));
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text.length;
  };
  let sizeBytes = 0;
  for (let call = 0; call < WARM_UPS; call += 1) sizeBytes = await once();
  await pool.query(RESET);
  const before = await readCost(pool);
  const times: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const startedMs = performance.now();
    await once();
    times.push(performance.now() - startedMs);
  }
  const after = await readCost(pool);
  const { rows } = await pool.query<{ totalMs: number; maxMs: number }>(READ, [calls]);
  times.sort((a, b) => a - b);
  return {
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    maxMs: times.at(-1) ?? Number.NaN,
    serverMs: (rows[0]?.totalMs ?? 0) / calls,
    serverMaxMs: rows[0]?.maxMs ?? 0,
    cpuMs: cpuBetween(before, after) / 1_000 / calls,
    sizeBytes,
  };
}
