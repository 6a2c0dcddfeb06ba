import { setTimeout as sleep } from 'node:timers/promises';
import { checkJournal } from './check/check.ts';
import { checkQuiet } from './check/quiet.ts';
import { makeInject } from './faults/inject.ts';
import { makeKills } from './faults/kills.ts';
import { planFaults, type LaneName } from './faults/plan.ts';
import { addOldPartition, makeProvoke } from './faults/provoke.ts';
import { MS_PER_FAULT, rage, type InjectedFault, type Storm } from './faults/storm.ts';
import { layOutOldVersion, OLD_VERSION } from './faults/versions.ts';
import { readStored } from './journal/read.ts';
import type { ApiAnswer, AskedJob, Journal, Violation } from './journal/types.ts';
import { SETTLE_MS, untilEnded } from './settle.ts';
import { whereOpen } from './where-open.ts';
import { toAnswer } from './traffic/answers.ts';
import { makeClient } from './traffic/client.ts';
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
  /** The points, each with how often an environment died there. */
  points: readonly { point: string; kills: number }[];
  violations: readonly Violation[];
  /** Why a kind of fault did not run. */
  notes: readonly string[];
};

/** Time of traffic without faults, in which the harness learns the points. */
const CENSUS_MS = { short: 15_000, long: 30_000 };
/** How long a kill waits for an environment at an armed point. */
const POINT_WAIT_MS = 8_000;
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
    notes.push(`no old worker ran next to the new: this repository has no history with ${OLD_VERSION}`);
  const missing = oldRoot === undefined ? (['versions'] as const) : [];
  const plan = planFaults(seed, faults, { isShort, without: [...without, ...missing] });
  const oldWorker = oldRoot === undefined ? undefined : world.openOldWorker(oldRoot);

  await addOldPartition(pool);
  const traffic = startTraffic({ seed, client, targets });
  report(`traffic without faults for ${(isShort ? CENSUS_MS.short : CENSUS_MS.long) / 1_000} s`);
  await sleep(isShort ? CENSUS_MS.short : CENSUS_MS.long);
  await services.redis.copyData();
  report(
    `${kills.points().length} points reached; injecting ${plan.count} faults, about one every ${MS_PER_FAULT} ms`,
  );

  const inject = makeInject({ world, kills, oldWorker });
  const storm = await rage(plan, inject, makeProgress(plan.count, report));
  report(`${storm.injected.length} faults injected; waiting for open executions to end`);
  await traffic.end();

  const quietMs = Math.max(Date.now(), ...traffic.jobs.map(lastDueMs));
  await sleep(Math.max(0, quietMs - Date.now()));
  const open = await untilEnded(pool, new Date(quietMs), SETTLE_MS);
  report(open === 0 ? 'every due execution has ended' : `${open} due executions are still open`);
  const stuck = open === 0 ? [] : await whereOpen(pool, services.redis.url, new Date(quietMs));
  // The requests first: PostgreSQL already has the claim of each request that arrived.
  const requests = [...targets.requests];
  const journal: Journal = {
    jobs: traffic.jobs,
    runs: traffic.runs,
    operations: traffic.operations,
    administration: traffic.administration,
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
    violations: [
      ...stuck.map((detail) => ({ rule: 'every execution ends', detail })),
      ...checkJournal(journal),
      ...(await checkQuiet({ journal, world, client, targets })),
    ],
    notes,
  };
}

const lastDueMs = ({ isRecurring, schedule }: AskedJob): number => (isRecurring ? 0 : Date.parse(schedule));

/** Reports a line every few seconds, not for each of a thousand faults. */
function makeProgress(count: number, report: (line: string) => void): (fault: InjectedFault) => void {
  let injected = 0;
  let saidMs = Date.now();
  return ({ kind, detail }) => {
    injected += 1;
    if (Date.now() - saidMs < SAY_EVERY_MS) return;
    saidMs = Date.now();
    report(`${injected} of ${count} faults; the latest: ${kind}, ${detail}`);
  };
}
