import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { timings } from '../lib/topology.ts';
import { checkByAudit } from './check/audit.ts';
import { checkJournal } from './check/check.ts';
import { checkQuietStats } from './check/quiet.ts';
import { makeInject } from './faults/inject.ts';
import { makeKills } from './faults/kills.ts';
import { planFaults, type LaneName } from './faults/plan.ts';
import { addOldPartition, makeProvoke } from './faults/provoke.ts';
import { MS_PER_FAULT, rage, type InjectedFault, type Storm } from './faults/storm.ts';
import { layOutOldVersion, OLD_VERSION } from './faults/versions.ts';
import { readStored } from './journal/read.ts';
import type { ApiAnswer, AskedJob, Journal, Violation } from './journal/types.ts';
import { pauseRecurring, untilEnded } from './settle.ts';
import { makeClient, type Client, type Response } from './traffic/client.ts';
import { startTargets, type Targets } from './traffic/targets.ts';
import { startTraffic } from './traffic/traffic.ts';
import { startWorld, type World } from './world.ts';

export type RunOptions = {
  seed: number;
  faults: number;
  isShort: boolean;
  without: readonly LaneName[];
  tickEveryMs: number;
  report: (line: string) => void;
};

export type RunResult = {
  journal: Journal;
  storm: Storm;
  /** Each point, and how often an environment died there. */
  points: readonly { point: string; kills: number }[];
  violations: readonly Violation[];
  /** Why a kind of fault did not run. */
  notes: readonly string[];
};

/** Traffic without faults, to learn which points there are. */
const CENSUS_MS = { short: 15_000, long: 30_000 };
/** How long somebody is waited for at an armed point. */
const POINT_WAIT_MS = 8_000;
/** Worker leases in Redis, leases of claims, backoffs, each with a tick after it, one after the other. */
const SETTLE_MS = 180_000;
const AUDIT_AFTER_MS = 11_000;
const AUDIT_AGAIN_MS = 5_000;
/**
 * Of what an API that died had taken back in PostgreSQL, and not yet in Redis, a worker that takes it finds that it may not
 * run: when it is due, which is at most the look-ahead later.
 */
const LEFT_IN_QUEUE_MS = timings.lookAheadMs + 20_000;
const SAY_EVERY_MS = 10_000;

export async function runChaos(options: RunOptions): Promise<RunResult> {
  const { report } = options;
  const world = await startWorld(options);
  try {
    const targets = await startTargets();
    try {
      return await runIn(world, targets, options);
    } finally {
      await targets.stop();
    }
  } finally {
    report('stopping');
    await world.stop();
  }
}

async function runIn(
  world: World,
  targets: Targets,
  { seed, faults, isShort, without, report }: RunOptions,
): Promise<RunResult> {
  const { services, functions, pool } = world;
  const notes: string[] = [];
  const answers: ApiAnswer[] = [];
  const client = makeClient(world, (method, path, response) =>
    answers.push(toAnswer(method, path, response)),
  );
  const kills = makeKills({
    seed,
    pointsDir: functions.pointsDir,
    waitMs: POINT_WAIT_MS,
    provoke: makeProvoke(pool, () => functions.live('scheduler')),
  });
  const oldRoot = await layOutOldVersion(services.directory);
  if (oldRoot === undefined)
    notes.push(`no old worker ran beside the new: there is no history here to take ${OLD_VERSION} from`);
  const missing = oldRoot === undefined ? (['versions'] as const) : [];
  const plan = planFaults(seed, faults, { isShort, without: [...without, ...missing] });
  const oldWorker = oldRoot === undefined ? undefined : functions.openWorker(oldRoot);

  await addOldPartition(pool);
  const traffic = startTraffic({ seed, client, targets });
  report(`traffic without faults for ${(isShort ? CENSUS_MS.short : CENSUS_MS.long) / 1_000} s`);
  await sleep(isShort ? CENSUS_MS.short : CENSUS_MS.long);
  await services.redis.copyData();
  report(`${kills.points().length} points reached; ${plan.count} faults, about one each ${MS_PER_FAULT} ms`);

  const inject = makeInject({ world, kills, oldWorker });
  const storm = await rage(plan, inject, makeProgress(plan.count, report));
  report(`${storm.injected.length} faults injected; letting what is open come to its end`);
  await traffic.end();

  const quietMs = Math.max(Date.now(), ...traffic.jobs.map(lastDueMs));
  await sleep(Math.max(0, quietMs - Date.now()));
  const open = await untilEnded(pool, new Date(quietMs), SETTLE_MS);
  report(open === 0 ? 'all that was due has ended' : `${open} executions that were due are still open`);
  // The requests first: the claim of each that has come is in PostgreSQL by now.
  const requests = [...targets.requests];
  const journal: Journal = {
    jobs: traffic.jobs,
    requests,
    answers: [...answers],
    ticks: [...world.ticks.ended],
    quietMs,
    ...(await readStored(pool)),
  };
  return {
    journal,
    storm,
    points: kills.points().map((point) => ({ point, kills: kills.hits.get(point) ?? 0 })),
    violations: [...checkJournal(journal), ...(await checkQuiet(world, client, targets))],
    notes,
  };
}

/** While what recurs still does, that nothing of it is missing; then, in the quiet, that the queue holds what it should. */
async function checkQuiet(world: World, client: Client, targets: Targets): Promise<Violation[]> {
  const { services, pool } = world;
  const { postgres, redis } = services;
  const running = await checkByAudit(postgres.url);
  await pauseRecurring(pool, client);
  const pausedMs = Date.now();
  await untilEnded(pool, new Date(pausedMs), SETTLE_MS);
  // Beyond what the audit leaves out because it has just been written.
  await sleep(Math.max(0, pausedMs + AUDIT_AFTER_MS - Date.now()));
  let quiet = await checkByAudit(postgres.url, redis.url);
  while (quiet.length > 0 && Date.now() < pausedMs + LEFT_IN_QUEUE_MS) {
    await sleep(AUDIT_AGAIN_MS);
    quiet = await checkByAudit(postgres.url, redis.url);
  }
  return [...running, ...quiet, ...(await checkQuietStats({ pool, client, targets }))];
}

const lastDueMs = ({ isRecurring, schedule }: AskedJob): number => (isRecurring ? 0 : Date.parse(schedule));

function toAnswer(method: string, path: string, { status, atMs, body, headers }: Response): ApiAnswer {
  const problem = problemBody.safeParse(body);
  return {
    what: `${method} ${path}`,
    atMs,
    status,
    code: problem.data?.code,
    hasRetryAfter: headers.has('retry-after'),
  };
}

const problemBody = z.object({ code: z.string() });

/** A line now and then: there are a thousand of them. */
function makeProgress(count: number, report: (line: string) => void): (fault: InjectedFault) => void {
  let injected = 0;
  let saidMs = Date.now();
  return ({ kind, detail }) => {
    injected += 1;
    if (Date.now() - saidMs < SAY_EVERY_MS) return;
    saidMs = Date.now();
    report(`${injected} of ${count} faults; the last: ${kind}, ${detail}`);
  };
}
