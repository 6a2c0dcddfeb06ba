import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { postedJob } from '../../support/a-job.ts';
import { postJobs, type ApiClient } from '../../support/api-client.ts';
import { distantJob } from '../../support/api-load.ts';
import type { Program } from '../../support/processes/program.ts';
import type { Stage } from '../../support/services.ts';
import type { TargetCalls } from '../../support/counting-target.ts';
import type { Arrival } from './due-order.ts';

/** Posts one-time jobs, due from `firstMs` on at an even rate. */
export async function postBacklog(
  client: ApiClient,
  { api, count, perSecond, firstMs }: { api: string; count: number; perSecond: number; firstMs: number },
): Promise<void> {
  for (let first = 0; first < count; first += 1_000) {
    const jobs = Array.from({ length: Math.min(1_000, count - first) }, (_, index) => {
      const dueMs = firstMs + ((first + index) * 1_000) / perSecond;
      return postedJob(first + index, new Date(dueMs).toISOString(), api);
    });
    await postJobs(client, jobs);
  }
}

/** Posts the jobs that API calls use; each has a schedule. */
export async function postDistantJobs(client: ApiClient): Promise<number[]> {
  return postJobs(
    client,
    Array.from({ length: 1_000 }, (_, place) => distantJob(place)),
  );
}

const statsReply = z.object({ queue_stats: z.object({ oldestDueAgeSeconds: z.number() }) });

/** A reported age of the oldest due execution, and its instant, which is exact to `withinMs`. */
export type ReportedAge = { atMs: number; withinMs: number; seconds: number };

async function askAge(client: ApiClient): Promise<ReportedAge> {
  const askedMs = Date.now();
  const { queue_stats } = statsReply.parse(
    JSON.parse(await client.send({ method: 'GET', path: '/queue/stats' })),
  );
  const withinMs = (Date.now() - askedMs) / 2;
  return { atMs: askedMs + withinMs, withinMs, seconds: queue_stats.oldestDueAgeSeconds };
}

/** The result of the drain; `executions` counts the distinct executions that arrived. */
export type Drained = { arrivals: Arrival[]; executions: number; ages: ReportedAge[] };

/**
 * Waits until `count` requests have arrived and no execution is open. Meanwhile it asks each second for the age of the oldest
 * due execution.
 *
 * @param onHalf called once, when half of the requests have arrived.
 */
export async function watchDrain(
  { stage, client, target }: { stage: Stage; client: ApiClient; target: Program<TargetCalls> },
  { count, giveUpAtMs, onHalf }: { count: number; giveUpAtMs: number; onHalf: () => Promise<void> },
): Promise<Drained> {
  const { rows } = await stage.pool.query<{ id: number; dueAt: Date }>(
    'select id, execution_time as "dueAt" from job_executions',
  );
  const dues = new Map(rows.map(({ id, dueAt }) => [id, dueAt.getTime()]));
  const arrivals: Arrival[] = [];
  const seen = new Set<number>();
  const ages: ReportedAge[] = [];
  let isHalf = false;
  for (;;) {
    const { ids, arrivedMs } = await target.call('collect', undefined);
    ids.forEach((id, index) => {
      seen.add(id);
      arrivals.push({ dueMs: dues.get(id) ?? Number.NaN, arrivedMs: arrivedMs[index] ?? Number.NaN });
    });
    const isDrained = arrivals.length >= count && (await countOpen(stage)) === 0;
    if (isDrained || Date.now() > giveUpAtMs) return { arrivals, executions: seen.size, ages };
    ages.push(await askAge(client));
    if (!isHalf && arrivals.length >= count / 2) {
      isHalf = true;
      await onHalf();
    }
    await sleep(1_000);
  }
}

async function countOpen({ pool }: Stage): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) from job_executions where status in ('SCHEDULED', 'RETRYING', 'RUNNING')`,
  );
  return rows[0]?.count ?? 0;
}
