import { setTimeout as sleep } from 'node:timers/promises';
import { postedJob, postJobs, type ApiClient } from '../../support/api-client.ts';
import type { Stage } from '../../support/services.ts';
import { inLanes } from '../../support/stats.ts';
import { countOpen } from './read-postgres.ts';

const BATCHES = 20;
const BATCH = 1_000;
const LANES = 4;
/** An instant has to be to come; no time is lost by it, as the first batches are due while the last are posted. */
const DUE_IN_MS = 3_000;
/** So many jobs it makes, which run once. */
export const FULL_SPEED_JOBS = BATCHES * BATCH;
const GIVE_UP_AFTER_MS = 120_000;

/**
 * Executions a second when everything is done as fast as it goes: 20,000 jobs posted and dispatched by the API, claimed,
 * sent and recorded by the workers. From the first post to the last outcome.
 */
export async function measureFullSpeed(
  { stage, client }: { stage: Stage; client: ApiClient },
  api: string,
): Promise<number> {
  const startedMs = performance.now();
  await inLanes(BATCHES, LANES, async (batch) => {
    const instant = new Date(Date.now() + DUE_IN_MS).toISOString();
    const places = Array.from({ length: BATCH }, (_, index) => batch * BATCH + index);
    await postJobs(
      client,
      places.map((place) => postedJob(place, instant, api)),
    );
  });
  while ((await countOpen(stage.pool)) > 0) {
    if (performance.now() - startedMs > GIVE_UP_AFTER_MS) throw new Error('the workers came to no end');
    await sleep(100);
  }
  return (FULL_SPEED_JOBS * 1_000) / (performance.now() - startedMs);
}
