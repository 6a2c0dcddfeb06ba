import { setTimeout as sleep } from 'node:timers/promises';
import { timings } from '../../../lib/topology.ts';
import { killAt } from '../faults/kills.ts';
import { within, type Measurement, type Scene } from './scene.ts';

/** How long Redis waits for a worker that holds executions it has not claimed: `WORKER_LEASE_MS` of a worker's run. */
const HELD_LEASE_MS = 30_000;
const TIMEOUT_MS = 1_000;
const JOBS = 40;
/** Time for a tick, the wake-up that it sends and the worker that this starts, on a busy machine. */
const MARGIN_MS = 3_000;

/** Kills a worker with claimed executions, then one with taken executions: all run again, each exactly once. */
export async function measureKilledWorker(scene: Scene): Promise<Measurement[]> {
  // A freed execution still belongs to the dead worker in Redis, so the longer of its leases counts.
  const claimLeaseMs = Math.max(TIMEOUT_MS + timings.leaseGraceMs + timings.claimAheadMs, HELD_LEASE_MS);
  return [
    ...(await measure(scene, {
      what: 'killed worker: claimed executions run again, within the lease and a tick',
      point: 'worker postgresql claim_executions after',
      boundMs: claimLeaseMs + scene.tickEveryMs + MARGIN_MS,
    })),
    ...(await measure(scene, {
      what: 'killed worker: taken executions run again, within the lease and a tick',
      point: 'worker postgresql claim_executions before',
      boundMs: HELD_LEASE_MS + scene.tickEveryMs + MARGIN_MS,
    })),
  ];
}

async function measure(
  { world, create, outcomes, requestsOf }: Scene,
  { what, point, boundMs }: { what: string; point: string; boundMs: number },
): Promise<Measurement[]> {
  const dueMs = Date.now() + 4_000;
  const jobs = await create(
    Array.from({ length: JOBS }, () => ({ dueMs, type: 'AT_LEAST_ONCE', timeoutMs: TIMEOUT_MS })),
  );
  const isHit = await killAt(world.functions.pointsDir, point, 15_000);
  const killedMs = Date.now();
  if (!isHit) throw new Error(`no worker reached ${point}`);
  const executions = await outcomes(jobs, dueMs, boundMs + 30_000);
  await sleep(0);
  const requests = requestsOf(jobs);
  const lastMs = Math.max(...requests.map(({ arrivedMs }) => arrivedMs));
  const succeeded = executions.filter(({ status }) => status === 'SUCCESS').length;
  return [
    within(what, JOBS, lastMs - killedMs, boundMs),
    {
      what: '  … all SUCCESS, one request each',
      n: JOBS,
      measured: `${succeeded} SUCCESS, ${requests.length} requests`,
      bound: `${JOBS}, ${JOBS}`,
      holds: succeeded === JOBS && requests.length === JOBS,
    },
  ];
}
