import { setTimeout as sleep } from 'node:timers/promises';
import { postedJob } from './a-job.ts';
import { distantCron, idOf, type ApiClient, type ApiRequest } from './api-client.ts';

/** Calls to the API as its clients make them, at a steady rate. */

/** The URL of the created jobs. It is never called, because every job is hours away. */
const API = 'http://127.0.0.1:9/';

export type Kind =
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

export type SteadyCalls = {
  /** Ids of the jobs that requests use. */
  ids: number[];
  /** Receives the ids of created jobs; by default they are added to the jobs above. */
  created?: number[];
  perSecond: number;
  /** Returns true to stop; `sent` is the number of requests so far. */
  until: (sent: number) => boolean;
  /** Bodies of created jobs and of changes; by default jobs that are hours away. */
  newJob?: (place: number) => object;
  change?: (place: number) => object;
};

/**
 * Sends at the given rate regardless of earlier requests, and counts each latency from the instant when its request
 * should leave. So a request that waits behind a slow one, in the client or the server, is as late as a client sees it.
 *
 * @returns the latencies (ms) of each kind.
 * @throws Error when an answer is not the one expected, once all responses have arrived.
 */
export async function callSteadily(client: ApiClient, calls: SteadyCalls): Promise<Map<Kind, number[]>> {
  const { ids, created = ids, perSecond, until } = calls;
  const latencies = new Map<Kind, number[]>();
  const startedMs = performance.now();
  const sent: Promise<void>[] = [];
  const failures: unknown[] = [];
  const sendAndTime = async (kind: Kind, request: ApiRequest, leavesMs: number): Promise<void> => {
    try {
      const answer = await client.send(request);
      const ofKind = latencies.get(kind) ?? [];
      ofKind.push(performance.now() - leavesMs);
      latencies.set(kind, ofKind);
      if (kind === 'create a job') created.push(idOf(answer));
    } catch (error) {
      failures.push(error);
    }
  };
  for (let place = 0; !until(place) && failures.length === 0; place++) {
    const leavesMs = startedMs + (place * 1_000) / perSecond;
    const waitMs = leavesMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const kind = mix[place % mix.length] ?? 'a job';
    sent.push(sendAndTime(kind, requestAt(kind, place, calls), leavesMs));
  }
  await Promise.all(sent);
  if (failures.length > 0) throw failures[0];
  return latencies;
}

/** Makes a recurring job that is not due for hours. */
export const distantJob = (place: number): object => postedJob(place, distantCron(place), API);

const distantChange = (place: number): object => ({
  schedule: distantCron(place),
  description: `changed by request ${place}`,
});

function requestAt(kind: Kind, place: number, calls: SteadyCalls): ApiRequest {
  const { ids, newJob = distantJob, change = distantChange } = calls;
  // A prime step, so that every kind of request uses all jobs.
  const id = ids[(place * 7_919) % ids.length] ?? 0;
  switch (kind) {
    case 'create a job':
      return { method: 'POST', path: '/api/v1/jobs', body: JSON.stringify(newJob(place)) };
    case 'change a job':
      return { method: 'PATCH', path: `/api/v1/jobs/${id}`, body: JSON.stringify(change(place)) };
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
