import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { JobType } from '../../../lib/domain/job.ts';
import type { Behaviour, ReceivedRequest, StoredExecution } from '../journal/types.ts';
import { readStored } from '../journal/read.ts';
import { untilEnded } from '../settle.ts';
import { isOk, makeClient, type Client } from '../traffic/client.ts';
import { startTargets, type Targets } from '../traffic/targets.ts';
import { startWorld, type World } from '../world.ts';

/** A measured value, and whether it is within its bound. */
export type Measurement = { what: string; n: number; measured: string; bound: string; holds: boolean };

export type Scene = {
  world: World;
  client: Client;
  targets: Targets;
  tickEveryMs: number;
  /** Creates one-time jobs and returns their numbers. */
  create: (jobs: readonly SceneJob[]) => Promise<number[]>;
  requestsOf: (numbers: readonly number[]) => ReceivedRequest[];
  /** Waits until no execution due by the instant is open, and returns the executions of the jobs. */
  outcomes: (numbers: readonly number[], byMs: number, timeoutMs: number) => Promise<StoredExecution[]>;
};

export type SceneJob = { dueMs: number; type: JobType; timeoutMs?: number; behaviour?: Behaviour };

/** Starts a separate Belfry for one measurement. */
export async function withScene(
  options: { tickEveryMs: number; report: (line: string) => void },
  measure: (scene: Scene) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const world = await startWorld(options);
  const targets = await startTargets();
  try {
    return await measure(makeScene(world, targets, options.tickEveryMs));
  } finally {
    await targets.stop();
    await world.stop();
  }
}

const created = z.object({ items: z.array(z.object({ id: z.int() })) });

function makeScene(world: World, targets: Targets, tickEveryMs: number): Scene {
  const client = makeClient(world, () => {});
  const ids = new Map<number, number>();
  let last = 0;
  return {
    world,
    client,
    targets,
    tickEveryMs,
    create: async (jobs) => {
      const numbered = jobs.map((job) => ({ ...job, number: ++last }));
      for (const { number, behaviour } of numbered) targets.expect(number, behaviour ?? { kind: 'ok' });
      const bodies = numbered.map(({ number, dueMs, type, timeoutMs = 1_000 }) => ({
        name: `job ${number}`,
        schedule: new Date(dueMs).toISOString(),
        api: targets.url(number, 1),
        type,
        timeoutMs,
      }));
      const response = await client('POST', '/api/v1/jobs/batch', { jobs: bodies });
      if (!isOk(response)) throw new Error(`the API answered ${response.status} to the batch of jobs`);
      for (const [index, { id }] of created.parse(response.body).items.entries()) {
        ids.set(numbered[index]?.number ?? NaN, id);
      }
      return numbered.map(({ number }) => number);
    },
    requestsOf: (numbers) => targets.requests.filter(({ job }) => numbers.includes(job)),
    outcomes: async (numbers, byMs, timeoutMs) => {
      await sleep(Math.max(0, byMs - Date.now()));
      await untilEnded(world.pool, new Date(byMs), timeoutMs);
      const wanted = new Set(numbers.map((number) => ids.get(number)));
      return (await readStored(world.pool)).executions.filter(({ jobId }) => wanted.has(jobId));
    },
  };
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

export function within(what: string, n: number, measuredMs: number, boundMs: number): Measurement {
  return {
    what,
    n,
    measured: seconds(measuredMs),
    bound: `≤ ${seconds(boundMs)}`,
    holds: measuredMs <= boundMs,
  };
}
