import { insertJobs } from '../../lib/db/jobs.ts';
import { postedJob } from '../../test/support/a-job.ts';
import { distantCron, openApiClient, type ApiClient } from '../../test/support/api-client.ts';
import type { Scenario } from '../support/figures.ts';
import { startBelfry } from '../support/local-run.ts';
import { clearJobs, sampleJob } from '../support/prepare.ts';
import type { Stage } from '../../test/support/services.ts';
import { inLanes, repeat, seconds } from '../../test/support/stats.ts';

const BATCH = 1_000;
const BATCHES = 20;
const SINGLES = 3_000;
const SINGLE_CONNECTIONS = 10;
/** Never called: every job is due hours later. */
const API = 'http://127.0.0.1:9/';

export const create: Scenario = {
  name: 'create',
  title: 'jobs created over HTTP, through the gateway and the API function',
  run: async (bench) => {
    const stage = await bench.services.openStage('create');
    const belfry = await startBelfry(stage);
    try {
      const { repetitions } = bench.options;
      const jobs = (BATCH * BATCHES).toLocaleString('en-US');
      const singles = SINGLES.toLocaleString('en-US');
      bench.progress('in batches');
      for (const connections of [1, 4]) {
        const client = openApiClient(belfry, connections);
        await createBatches(client, connections, 4);
        const rates = await repeat(repetitions, () => fresh(stage, () => createBatches(client, connections)));
        const goal = connections === 1 ? undefined : { atLeast: 10_000 };
        bench.figure(`created by 1,000 on ${plural(connections)}`, 'jobs/s', jobs, rates, goal);
        const rows = await repeat(repetitions, () => fresh(stage, () => insertBatches(stage, connections)));
        bench.limit(`PostgreSQL alone: the same rows, ${plural(connections)}`, 'jobs/s', jobs, rows);
        await client.close();
      }
      bench.progress('one by one');
      const client = openApiClient(belfry, SINGLE_CONNECTIONS);
      const rates = await repeat(repetitions, () => fresh(stage, () => createSingles(client)));
      bench.figure(`created one by one on ${plural(SINGLE_CONNECTIONS)}`, 'jobs/s', singles, rates);
      const rows = await repeat(repetitions, () => fresh(stage, () => insertSingles(stage)));
      bench.limit(`PostgreSQL alone: the same rows, ${plural(SINGLE_CONNECTIONS)}`, 'jobs/s', singles, rows);
      await client.close();
    } finally {
      await belfry.stop();
      await stage.close();
    }
  },
};

const plural = (connections: number): string => `${connections} connection${connections === 1 ? '' : 's'}`;

/** Starts with empty tables, and counts the stored rows afterwards. */
async function fresh(
  stage: Stage,
  measure: () => Promise<{ jobs: number; seconds: number }>,
): Promise<number> {
  await clearJobs(stage);
  const { jobs, seconds } = await measure();
  const { rows } = await stage.pool.query<{ count: number }>(
    'select count(*) as count from jobs j join job_schedules s on s.job_id = j.id',
  );
  if (rows[0]?.count !== jobs) throw new Error(`${jobs} jobs were created and ${rows[0]?.count} are there`);
  return jobs / seconds;
}

async function createBatches(client: ApiClient, connections: number, count = BATCHES) {
  const bodies = Array.from({ length: count }, (_, batch) =>
    JSON.stringify(
      Array.from({ length: BATCH }, (_, place) =>
        postedJob(batch * BATCH + place, distantCron(batch * BATCH + place), API),
      ),
    ),
  );
  const taken = await seconds(() =>
    inLanes(count, connections, (batch) =>
      client.send({ method: 'POST', path: '/api/v1/jobs/batch', body: bodies[batch] ?? '' }),
    ),
  );
  return { jobs: count * BATCH, seconds: taken };
}

async function createSingles(client: ApiClient) {
  const taken = await seconds(() =>
    inLanes(SINGLES, SINGLE_CONNECTIONS, (place) => {
      const body = JSON.stringify(postedJob(place, distantCron(place), API));
      return client.send({ method: 'POST', path: '/api/v1/jobs', body });
    }),
  );
  return { jobs: SINGLES, seconds: taken };
}

const row = (place: number) => ({
  ...sampleJob(place, API, distantCron(place)),
  isRecurring: true,
  nextExecutionTime: new Date(Date.now() + 7_200_000 + place * 1_000),
});

async function insertBatches({ pool }: Stage, connections: number) {
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    Array.from({ length: BATCH }, (_, place) => row(batch * BATCH + place)),
  );
  const taken = await seconds(() =>
    inLanes(BATCHES, connections, (batch) => insertJobs(pool, batches[batch] ?? [], new Date())),
  );
  return { jobs: BATCHES * BATCH, seconds: taken };
}

async function insertSingles({ pool }: Stage) {
  const jobs = Array.from({ length: SINGLES }, (_, place) => [row(place)]);
  const taken = await seconds(() =>
    inLanes(SINGLES, SINGLE_CONNECTIONS, (place) => insertJobs(pool, jobs[place] ?? [], new Date())),
  );
  return { jobs: SINGLES, seconds: taken };
}
