import { setTimeout as sleep } from 'node:timers/promises';
import { within, type Measurement, type Scene } from './scene.ts';

const JOBS = 120;
const FIRST_IN_MS = 3_000;
const SPREAD_MS = 20_000;
const LOST_IN_MS = 8_000;
/** See `MARGIN_MS` of killed-worker.ts. */
const MARGIN_MS = 3_000;

/** Empties Redis while jobs become due one after the other: no request is later than a tick. */
export async function measureLostRedis({
  world,
  create,
  outcomes,
  requestsOf,
  tickEveryMs,
}: Scene): Promise<Measurement[]> {
  const startMs = Date.now();
  const jobs = await create(
    Array.from({ length: JOBS }, (_, index) => ({
      dueMs: startMs + FIRST_IN_MS + Math.round((index * SPREAD_MS) / JOBS),
      type: index % 2 === 0 ? ('AT_LEAST_ONCE' as const) : ('AT_MOST_ONCE' as const),
    })),
  );
  await sleep(startMs + LOST_IN_MS - Date.now());
  // Right after a tick, so that the next tick, which repairs Redis, is as far away as possible.
  const ticks = world.ticks.ended.length;
  while (world.ticks.ended.length === ticks) await sleep(10);
  await world.services.redis.flush();
  const executions = await outcomes(jobs, startMs + FIRST_IN_MS + SPREAD_MS, 60_000);
  const requests = requestsOf(jobs);
  const latest = Math.max(...requests.map(({ arrivedMs, scheduledMs }) => arrivedMs - scheduledMs));
  const succeeded = executions.filter(({ status }) => status === 'SUCCESS').length;
  return [
    within(
      'lost Redis: due executions run within a tick; the latest one',
      JOBS,
      latest,
      tickEveryMs + MARGIN_MS,
    ),
    {
      what: '  … all SUCCESS, one request each',
      n: JOBS,
      measured: `${succeeded} SUCCESS, ${requests.length} requests`,
      bound: `${JOBS}, ${JOBS}`,
      holds: succeeded === JOBS && requests.length === JOBS,
    },
  ];
}
