import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from '../traffic/client.ts';
import { seconds, within, type Measurement, type Scene } from './scene.ts';

const SLOW_MS = 900;
const OUTAGE_MS = 60_000;
/** Two jobs a second, from before the outage until after it. */
const JOBS = 140;
const EVERY_MS = 500;
const AWAY_FROM_MS = 5_000;
const ASK_EVERY_MS = 1_000;
/** PostgreSQL may still serve a request that is open when it stops. */
const BEGINNING_MS = 1_000;
const MARGIN_MS = 5_000;

/** Stops PostgreSQL for a minute: the jobs of that minute are late, but none is lost or sent twice. */
export async function measurePostgresOutage(scene: Scene): Promise<Measurement[]> {
  const { world, create, outcomes, requestsOf, tickEveryMs } = scene;
  const startMs = Date.now() + 2_000;
  const lastMs = startMs + (JOBS - 1) * EVERY_MS;
  const jobs = await create(
    Array.from({ length: JOBS }, (_, index) => ({
      dueMs: startMs + index * EVERY_MS,
      type: index % 2 === 0 ? ('AT_LEAST_ONCE' as const) : ('AT_MOST_ONCE' as const),
      // Long enough that some requests are open when PostgreSQL stops: their outcomes have to wait for it.
      behaviour: { kind: 'slow' as const, afterMs: SLOW_MS },
      timeoutMs: 2 * SLOW_MS,
    })),
  );
  await sleep(startMs + AWAY_FROM_MS - Date.now());
  let answers: Response[] = [];
  await world.services.postgres.restart(async () => {
    answers = await askThroughout(scene, OUTAGE_MS);
  });
  const backMs = Date.now();
  const executions = await outcomes(jobs, lastMs, 120_000);
  const requests = requestsOf(jobs);
  const succeeded = executions.filter(({ status }) => status === 'SUCCESS').length;
  const endMs = Math.max(...requests.map(({ arrivedMs }) => arrivedMs));
  const refused = answers.filter(({ status, headers }) => status === 503 && headers.has('retry-after'));
  const others = Map.groupBy(
    answers.filter((answer) => !refused.includes(answer)),
    ({ status, headers }) => `${status}${headers.has('retry-after') ? '' : ' without Retry-After'}`,
  );
  return [
    {
      what: `PostgreSQL away for ${seconds(OUTAGE_MS)}: no job lost, none sent twice`,
      n: JOBS,
      measured: `${succeeded} SUCCESS, ${requests.length} requests`,
      bound: `${JOBS}, ${JOBS}`,
      holds: succeeded === JOBS && requests.length === JOBS,
    },
    within(
      '  … time from its return until all due executions have run',
      JOBS,
      Math.max(endMs - backMs, 0),
      tickEveryMs + Math.max(0, lastMs - backMs) + MARGIN_MS,
    ),
    {
      what: '  … the API answers 503 with Retry-After throughout',
      n: answers.length,
      measured: [`${refused.length}`, ...[...others].map(([how, all]) => `${all.length} ${how}`)].join(', '),
      bound: `${answers.length}`,
      holds: refused.length === answers.length,
    },
  ];
}

/** Sends a read and a write in turn, one each second, without waiting for earlier answers. */
async function askThroughout({ client, targets }: Scene, forMs: number): Promise<Response[]> {
  await sleep(BEGINNING_MS);
  const untilMs = Date.now() + forMs - BEGINNING_MS;
  const asked: Promise<Response>[] = [];
  for (let turn = 0; Date.now() < untilMs - ASK_EVERY_MS; turn += 1) {
    const job = { name: 'never', schedule: '@every 1h', api: targets.url(0, 1) };
    asked.push(turn % 2 === 0 ? client('GET', '/api/v1/jobs?limit=1') : client('POST', '/api/v1/jobs', job));
    await sleep(ASK_EVERY_MS);
  }
  const answers = await Promise.all(asked);
  await sleep(untilMs - Date.now());
  return answers;
}
