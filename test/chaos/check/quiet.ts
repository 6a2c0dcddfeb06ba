import { setTimeout as sleep } from 'node:timers/promises';
import { timings } from '../../../lib/topology.ts';
import type { Journal, Violation } from '../journal/types.ts';
import { pauseRecurring, SETTLE_MS, untilEnded } from '../settle.ts';
import type { Client } from '../traffic/client.ts';
import type { Targets } from '../traffic/targets.ts';
import type { World } from '../world.ts';
import { checkByAudit } from '../audit/check-by-audit.ts';
import { checkQuietStats } from './quiet-stats.ts';

/** The audit leaves out rows that were written in the last seconds. */
const AUDIT_AFTER_MS = 11_000;
const AUDIT_AGAIN_MS = 5_000;
/**
 * How long a withdrawn execution may stay in Redis. An API that died may have withdrawn it in PostgreSQL only; a worker removes
 * it when it is due, which is at most the look-ahead later.
 */
const LEFT_IN_QUEUE_MS = timings.lookAheadMs + 20_000;

/** Audits PostgreSQL while jobs recur; then pauses them, and checks that the queue agrees and its statistics are right. */
export async function checkQuiet({
  journal,
  world,
  client,
  targets,
}: {
  journal: Journal;
  world: World;
  client: Client;
  targets: Targets;
}): Promise<Violation[]> {
  const { pool, services } = world;
  const { postgres, redis } = services;
  const running = await checkByAudit(journal, { database: postgres.url });
  await pauseRecurring(pool, client);
  const pausedMs = Date.now();
  await untilEnded(pool, new Date(pausedMs), SETTLE_MS);
  await sleep(Math.max(0, pausedMs + AUDIT_AFTER_MS - Date.now()));
  let quiet = await checkByAudit(journal, { database: postgres.url, redis: redis.url });
  while (quiet.length > 0 && Date.now() < pausedMs + LEFT_IN_QUEUE_MS) {
    await sleep(AUDIT_AGAIN_MS);
    quiet = await checkByAudit(journal, { database: postgres.url, redis: redis.url });
  }
  return [...running, ...quiet, ...(await checkQuietStats({ pool, client, targets }))];
}
