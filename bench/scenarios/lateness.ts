import { setTimeout as sleep } from 'node:timers/promises';
import { postedJob } from '../../test/support/a-job.ts';
import { openApiClient, postJobs } from '../../test/support/api-client.ts';
import type { Scenario } from '../support/figures.ts';
import { startBelfry } from '../support/local-run.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import { percentile } from '../../test/support/stats.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';

const JOBS = 2_000;
const SECONDS = 20;
/** Later than the look-ahead, so that a tick dispatches them, not the API. */
const FIRST_IN_MS = 75_000;

export const lateness: Scenario = {
  name: 'lateness',
  title: `${JOBS} jobs over ${SECONDS} whole seconds, from the one-minute tick through all of a local run`,
  run: async (bench) => {
    const stage = await bench.services.openStage('lateness');
    const target = await startProgram<TargetCalls>(
      new URL('../../test/support/counting-target.ts', import.meta.url),
    );
    const belfry = await startBelfry(stage);
    const client = openApiClient(belfry, 1);
    try {
      const url = await target.call('listen', undefined);
      const firstMs = Math.ceil((Date.now() + FIRST_IN_MS) / 1_000) * 1_000;
      const jobs = Array.from({ length: JOBS }, (_, place) =>
        postedJob(place, new Date(firstMs + (place % SECONDS) * 1_000).toISOString(), url),
      );
      for (let first = 0; first < JOBS; first += 1_000) {
        await postJobs(client, jobs.slice(first, first + 1_000));
      }
      const untilMs = firstMs + SECONDS * 1_000 + 5_000;
      bench.progress(`waits ${Math.ceil((untilMs - Date.now()) / 1_000)} s for the jobs`);
      await sleep(untilMs - Date.now());

      const { executions, repeated, latenesses } = await target.call('collect', undefined);
      if (executions !== JOBS || repeated > 0) {
        throw new Error(`${executions} of ${JOBS} jobs reached the target, ${repeated} more than once`);
      }
      const n = JOBS.toLocaleString('en-US');
      bench.figure('sent minus due, p50', 'ms', n, [percentile(latenesses, 50)]);
      bench.figure('sent minus due, p99', 'ms', n, [percentile(latenesses, 99)], { atMost: 250 });
      bench.figure('sent minus due, the latest', 'ms', n, [percentile(latenesses, 100)]);
      const early = latenesses.filter((ms) => ms < 0).length;
      bench.figure('sent before they were due', 'jobs', n, [early], { atMost: 0 });
      bench.note('measured where the request arrives, so with the way there');
    } finally {
      await client.close();
      await belfry.stop();
      await target.stop();
      await stage.close();
    }
  },
};
