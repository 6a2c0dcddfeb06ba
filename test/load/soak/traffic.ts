import { callSteadily } from '../../support/api-load.ts';
import { postedJob } from '../../support/a-job.ts';
import { postJobs, type ApiClient } from '../../support/api-client.ts';
import { inLanes } from '../../support/stats.ts';

/** The traffic of a soak: a mix of all kinds of work, at a steady rate. */

/** The period of each recurring job. */
const PERIOD_SECONDS = 2;
const TARGET_MS = 5;
/** How far ahead a one-time job is due: longer than a call takes on a busy machine. */
const ONCE_IN_SECONDS = 10;
const CALLS_PER_SECOND = 20;
/** The number of jobs that API calls use. */
const JOBS_CALLED = 1_000;

/**
 * Posts as many recurring jobs as make `perSecond` executions a second, spread evenly over the seconds. One in twenty has a
 * target that fails the first attempt; one in a hundred is AT_MOST_ONCE with a target that fails.
 */
export async function postRecurring(
  client: ApiClient,
  { api, perSecond }: { api: string; perSecond: number },
): Promise<number[]> {
  const ids: number[] = [];
  const count = Math.ceil(perSecond * PERIOD_SECONDS);
  for (let first = 0; first < count; first += 1_000) {
    const places = Array.from({ length: Math.min(1_000, count - first) }, (_, index) => first + index);
    ids.push(
      ...(await postJobs(
        client,
        places.map((place) => recurringJob(place, api)),
      )),
    );
  }
  return ids;
}

function recurringJob(place: number, api: string): object {
  const schedule = `${place % PERIOD_SECONDS}-59/${PERIOD_SECONDS} * * * * *`;
  if (place % 100 === 7) {
    return { ...postedJob(place, schedule, `${api}?fails=99`), type: 'AT_MOST_ONCE', maxRetryCount: 0 };
  }
  return postedJob(place, schedule, place % 20 === 3 ? `${api}?fails=1` : `${api}?after=${TARGET_MS}`);
}

/** Calls the API until `isOver`: reads and changes recurring jobs, and creates one-time jobs that run some seconds later. */
export async function callApi(
  client: ApiClient,
  { api, recurring, isOver }: { api: string; recurring: readonly number[]; isOver: () => boolean },
): Promise<number[]> {
  const latencies = await callSteadily(client, {
    ids: recurring.slice(0, JOBS_CALLED),
    created: [],
    perSecond: CALLS_PER_SECOND,
    until: isOver,
    newJob: (place) =>
      postedJob(
        place,
        new Date(Date.now() + (ONCE_IN_SECONDS + (place % 10)) * 1_000).toISOString(),
        `${api}?after=20`,
      ),
    change: (place) => ({ description: `changed by request ${place}` }),
  });
  return [...latencies.values()].flat();
}

/** Pauses all jobs one by one, which withdraws the executions that were dispatched ahead. */
export async function pauseAll(client: ApiClient, ids: readonly number[]): Promise<void> {
  await inLanes(ids.length, 8, (index) =>
    client.send({ method: 'PATCH', path: `/api/v1/jobs/${ids[index]}`, body: '{"isActive":false}' }),
  );
}
