import { setTimeout as sleep } from 'node:timers/promises';
import {
  distantCron,
  idOf,
  idsOf,
  openApiClient,
  postedJob,
  type ApiClient,
  type ApiRequest,
} from '../support/api-client.ts';
import type { Scenario } from '../support/figures.ts';
import { startBelfry } from '../support/local-run.ts';
import type { Stage } from '../support/services.ts';
import { percentile } from '../support/stats.ts';

const RATE = 100;
const SECONDS = 20;
const WARM_UP_SECONDS = 5;
const JOBS = 2_000;
const EXECUTIONS_PER_JOB = 20;
const API = 'http://127.0.0.1:9/';

type Kind =
  | 'create a job'
  | 'change a job'
  | 'a job'
  | 'list 50 jobs'
  | 'a schedule'
  | 'a history'
  | 'the queue';

/** One round of requests, in this order. */
const mix: readonly Kind[] = [
  ...(['create a job', 'a job', 'a schedule', 'a history', 'a job'] as const),
  ...(['list 50 jobs', 'a history', 'a job', 'create a job', 'a schedule'] as const),
  ...(['a history', 'a job', 'change a job', 'list 50 jobs', 'a history'] as const),
  ...(['a job', 'create a job', 'a schedule', 'change a job', 'the queue'] as const),
];

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
      await load(client, ids, WARM_UP_SECONDS);
      const byKind = await load(client, ids, SECONDS);
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
    const jobs = Array.from({ length: 1_000 }, (_, place) =>
      postedJob(first + place, distantCron(first + place), API),
    );
    ids.push(
      ...idsOf(await client.send({ method: 'POST', path: '/api/v1/jobs/batch', body: JSON.stringify(jobs) })),
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

/**
 * Sends at the given rate whatever becomes of earlier requests, and counts each latency from the instant its request
 * was to leave: a request that waited behind a slow one, here or there, is as late as its client would find it.
 */
async function load(client: ApiClient, ids: number[], forSeconds: number): Promise<Map<Kind, number[]>> {
  const latencies = new Map<Kind, number[]>();
  const startedMs = performance.now();
  const sent: Promise<void>[] = [];
  const sendAndTime = async (kind: Kind, request: ApiRequest, leavesMs: number): Promise<void> => {
    const answer = await client.send(request);
    const ofKind = latencies.get(kind) ?? [];
    ofKind.push(performance.now() - leavesMs);
    latencies.set(kind, ofKind);
    if (kind === 'create a job') ids.push(idOf(answer));
  };
  for (let place = 0; place < forSeconds * RATE; place++) {
    const leavesMs = startedMs + (place * 1_000) / RATE;
    const waitMs = leavesMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const kind = mix[place % mix.length] ?? 'a job';
    sent.push(sendAndTime(kind, requestAt(kind, place, ids), leavesMs));
  }
  await Promise.all(sent);
  return latencies;
}

function requestAt(kind: Kind, place: number, ids: readonly number[]): ApiRequest {
  // A prime step, so that every kind of request meets all of the jobs.
  const id = ids[(place * 7_919) % ids.length] ?? 0;
  switch (kind) {
    case 'create a job': {
      const body = JSON.stringify(postedJob(place, distantCron(place), API));
      return { method: 'POST', path: '/api/v1/jobs', body };
    }
    case 'change a job': {
      const body = JSON.stringify({
        schedule: distantCron(place),
        description: `changed by request ${place}`,
      });
      return { method: 'PATCH', path: `/api/v1/jobs/${id}`, body };
    }
    case 'a job':
      return { method: 'GET', path: `/api/v1/jobs/${id}` };
    case 'list 50 jobs':
      return { method: 'GET', path: `/api/v1/jobs?limit=50&offset=${place % 1_000}` };
    case 'a schedule':
      return { method: 'GET', path: `/api/v1/jobs/${id}/schedule` };
    case 'a history':
      return { method: 'GET', path: `/api/v1/jobs/${id}/history?limit=20` };
    case 'the queue':
      return { method: 'GET', path: '/queue/stats' };
  }
}
