import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Pool } from '../../lib/db/pool.ts';
import { isOk, type Client, type Response } from './traffic/client.ts';

/** Time for worker leases in Redis, leases of claims and backoffs, one after the other, each with a tick after it. */
export const SETTLE_MS = 180_000;
const ASK_EVERY_MS = 500;
const MAX_TRIES = 10;

const OPEN = /* sql */ `
  select count(*)::int as count
    from job_executions
   where status in ('SCHEDULED', 'RUNNING', 'RETRYING')
     and execution_time <= $1`;

/**
 * Waits until no execution due by the instant is open. @returns how many are still open when the time is up; the checker
 * reports which.
 */
export async function untilEnded(pool: Pool, dueBy: Date, timeoutMs: number): Promise<number> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    const { rows } = await pool.query<{ count: number }>(OPEN, [dueBy]);
    const open = rows[0]?.count ?? 0;
    if (open === 0 || Date.now() > untilMs) return open;
    await sleep(ASK_EVERY_MS);
  }
}

const UNTIL_STOPPED = /* sql */ `
  select id from jobs where is_active and deleted_at is null and is_recurring order by id`;

/** Pauses every recurring job, also jobs whose creation was not answered, so that all executions can end. */
export async function pauseRecurring(pool: Pool, client: Client): Promise<void> {
  const { rows } = await pool.query<{ id: number }>(UNTIL_STOPPED);
  for (const { id } of rows) {
    const response = await withinRate(() => client('PATCH', `/api/v1/jobs/${id}`, { isActive: false }));
    if (!isOk(response)) throw new Error(`job ${id} cannot be paused: ${response.status}`);
  }
}

/** Sends a request again when the API has refused it for the rate of the key, after the time that it names. */
async function withinRate(send: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await send();
    if (response.status !== 429 || tries === MAX_TRIES) return response;
    await sleep(Number(response.headers.get('retry-after') ?? 1) * 1_000);
  }
}

const stats = z.object({
  queue_stats: z.object({
    ready: z.int(),
    scheduled: z.int(),
    processing: z.int(),
    retrying: z.int(),
    completed: z.int(),
    failed: z.int(),
  }),
});

export type QueueStats = z.infer<typeof stats>['queue_stats'];

export async function readStats(client: Client): Promise<QueueStats> {
  return stats.parse((await client('GET', '/queue/stats')).body).queue_stats;
}
