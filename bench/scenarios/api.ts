import { openApiClient, postJobs, type ApiClient } from '../../test/support/api-client.ts';
import { callSteadily, distantJob } from '../../test/support/api-load.ts';
import type { Scenario } from '../support/figures.ts';
import { startBelfry } from '../support/local-run.ts';
import type { Stage } from '../../test/support/services.ts';
import { percentile } from '../../test/support/stats.ts';

const RATE = 100;
const SECONDS = 20;
const WARM_UP_SECONDS = 5;
const JOBS = 2_000;
const EXECUTIONS_PER_JOB = 20;
export const api: Scenario = {
  name: 'api',
  title: `the API under a mixed load of ${RATE} requests a second, through the gateway`,
  run: async (bench) => {
    const stage = await bench.services.openStage('api');
    const belfry = await startBelfry(stage);
    const client = openApiClient(belfry, 20);
    try {
      bench.progress(
        `${JOBS} jobs with ${EXECUTIONS_PER_JOB} executions each, then ${SECONDS} s of requests`,
      );
      const ids = await prepare(stage, client);
      const callFor = (seconds: number) =>
        callSteadily(client, { ids, perSecond: RATE, until: (sent) => sent >= seconds * RATE });
      await callFor(WARM_UP_SECONDS);
      const byKind = await callFor(SECONDS);
      const all = [...byKind.values()].flat().sort((a, b) => a - b);
      const n = all.length.toLocaleString('en-US');
      bench.figure('latency, p50', 'ms', n, [percentile(all, 50)]);
      bench.figure('latency, p99', 'ms', n, [percentile(all, 99)], { atMost: 10 });
      bench.figure('latency, the longest', 'ms', n, [percentile(all, 100)]);
      for (const [kind, latencies] of byKind) {
        latencies.sort((a, b) => a - b);
        const [p50, p99] = [percentile(latencies, 50), percentile(latencies, 99)];
        bench.note(`${kind}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, n = ${latencies.length}`);
      }
    } finally {
      await client.close();
      await belfry.stop();
      await stage.close();
    }
  },
};

async function prepare({ pool }: Stage, client: ApiClient): Promise<number[]> {
  const ids: number[] = [];
  for (let first = 0; first < JOBS; first += 1_000) {
    ids.push(
      ...(await postJobs(
        client,
        Array.from({ length: 1_000 }, (_, place) => distantJob(first + place)),
      )),
    );
  }
  await pool.query(
    /* sql */ `
    insert into job_executions (job_id, job_revision, status, execution_time, due_at, execution_duration, created_at, updated_at)
    select j, 1, 'SUCCESS', t, t, 12, t, t
      from unnest($1::bigint[]) j, generate_series(1, $2::integer) n, lateral (select now() - n * interval '1 minute') x (t)`,
    [ids, EXECUTIONS_PER_JOB],
  );
  return ids;
}
