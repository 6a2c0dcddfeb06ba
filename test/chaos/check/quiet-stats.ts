import { setTimeout as sleep } from 'node:timers/promises';
import type { Violation } from '../journal/types.ts';
import { readStats, untilEnded, type QueueStats } from '../settle.ts';
import { isOk, type Client } from '../traffic/client.ts';
import type { Targets } from '../traffic/targets.ts';
import type { Pool } from '../../../lib/db/pool.ts';

const RULE = 'the queue statistics agree with PostgreSQL at the end of the run';
const SUCCEEDS = 7;
const FAILS = 4;
const WAITS = 5;
const WAIT_MS = 90_000;
/** Greater than every job number of the traffic. */
const FIRST_NUMBER = 1_000_000_000;
const ENDED_WITHIN_MS = 30_000;

/**
 * Runs jobs with known ends when everything works again, and checks that the counts grow by exactly these. Redis lost earlier
 * counts, so only the difference is meaningful.
 */
export async function checkQuietStats(deps: {
  pool: Pool;
  client: Client;
  targets: Targets;
}): Promise<Violation[]> {
  const { pool, client, targets } = deps;
  const before = await readStats(client);
  const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const numbers = Array.from({ length: SUCCEEDS + FAILS + WAITS }, (_, index) => FIRST_NUMBER + index);
  const jobs = numbers.map((number, index) => {
    targets.expect(number, index < SUCCEEDS ? { kind: 'ok' } : { kind: 'fail' });
    const schedule = inMs(index < SUCCEEDS + FAILS ? 500 : WAIT_MS);
    return { name: `quiet ${index}`, schedule, api: targets.url(number, 1), maxRetryCount: 0 };
  });
  const response = await client('POST', '/api/v1/jobs/batch', { jobs });
  if (!isOk(response))
    return [{ rule: RULE, detail: `the API answered ${response.status} after the faults had ended` }];
  await untilEnded(pool, new Date(Date.now() + 1_000), ENDED_WITHIN_MS);
  const expected: QueueStats = {
    ready: 0,
    scheduled: WAITS,
    processing: 0,
    retrying: 0,
    completed: before.completed + SUCCEEDS,
    failed: before.failed + FAILS,
  };
  return compareStats(client, expected);
}

/** Polls the statistics: the queue has an outcome a moment after PostgreSQL. */
async function compareStats(client: Client, expected: QueueStats): Promise<Violation[]> {
  let said = await readStats(client);
  for (let tries = 0; tries < 20 && JSON.stringify(said) !== JSON.stringify(expected); tries += 1) {
    await sleep(250);
    said = await readStats(client);
  }
  if (JSON.stringify(said) === JSON.stringify(expected)) return [];
  return [
    {
      rule: RULE,
      detail: `the statistics are ${JSON.stringify(said)} instead of ${JSON.stringify(expected)}`,
    },
  ];
}
