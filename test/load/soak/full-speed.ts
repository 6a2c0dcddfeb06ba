import { setTimeout as sleep } from 'node:timers/promises';
import { postedJob } from '../../support/a-job.ts';
import { postJobs, type ApiClient } from '../../support/api-client.ts';
import type { Stage } from '../../support/services.ts';
import { inLanes } from '../../support/stats.ts';
import { countOpen } from './read-postgres.ts';

const BATCHES = 20;
const BATCH = 1_000;
const LANES = 4;
/** An instant must be in the future. The delay costs no time: the first batches are due while the last ones are posted. */
const DUE_IN_MS = 3_000;
/** The number of one-time jobs that the measurement creates. */
export const FULL_SPEED_JOBS = BATCHES * BATCH;
const GIVE_UP_AFTER_MS = 120_000;

/**
 * Measures executions a second at full speed, from the first post to the last outcome: the API stores and dispatches 20,000 jobs;
 * workers claim, send and record them.
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
    if (performance.now() - startedMs > GIVE_UP_AFTER_MS)
      throw new Error('the workers did not finish in time');
    await sleep(100);
  }
  return (FULL_SPEED_JOBS * 1_000) / (performance.now() - startedMs);
}
