import { listHostOutcomes, listSlowHosts, type SlowHosts } from '../db/host-outcomes.ts';
import { countJobsOfHosts, listHosts, listLateByHost, listRunningByHost } from '../db/hosts.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { UnavailableError } from '../domain/errors.ts';
import {
  HOST_PERIOD_MS,
  HOST_PERIODS,
  type HostOrder,
  hostOfUrl,
  type HostSummary,
  LATE_AFTER_MS,
} from '../domain/host-summary.ts';
import { startOfPeriod } from '../domain/roll-up/periods.ts';
import type { HeldBackOrigin } from '../redis/hold-back.ts';
import type { Queue } from '../redis/queue.ts';

const NONE = { count: 0, isCapped: false };

export type AskedHosts = {
  order: HostOrder;
  limit: number;
  /** The page begins after this host. It has no meaning in the order of slowness, which has one page. */
  afterHost: string;
};

export type HostsPage = {
  items: HostSummary[];
  hasMore: boolean;
  /** True if more executions are under way, or late, than were read. The numbers of a host may then be too low. */
  runningIsCapped: boolean;
  lateIsCapped: boolean;
  /** True if the order of slowness compared only the latest requests, because there are too many hosts. */
  slowestIsCapped: boolean;
  /** False if Redis does not answer: the pauses that targets have asked for are then unknown. */
  knowsHeldBack: boolean;
  /** The start of the last hour of periods. */
  from: Date;
};

/** Makes the use case that lists hosts, with what is known of them now and in the last hour. */
export function makeListHosts({
  pool,
  queue,
  clock,
}: {
  pool: Pool;
  queue: Pick<Queue, 'listHeldBack'>;
  clock: Clock;
}): (asked: AskedHosts) => Promise<HostsPage> {
  return async ({ order, limit, afterHost }) => {
    const nowMs = clock.nowMs();
    const currentMs = startOfPeriod(nowMs, HOST_PERIOD_MS / 1_000);
    const periods = Array.from(
      { length: HOST_PERIODS },
      (_, back) => new Date(currentMs - back * HOST_PERIOD_MS),
    );
    const from = new Date(currentMs - (HOST_PERIODS - 1) * HOST_PERIOD_MS);
    const [{ hosts, isCapped }, running, late, heldBack] = await Promise.all([
      order === 'name' ? byName(pool, { afterHost, limit: limit + 1 }) : listSlowHosts(pool, from, limit),
      listRunningByHost(pool),
      listLateByHost(pool, new Date(nowMs - LATE_AFTER_MS)),
      heldBackOf(queue, nowMs),
    ]);
    const shown = hosts.slice(0, limit);
    const [jobs, requests] = await Promise.all([
      countJobsOfHosts(pool, shown),
      listHostOutcomes(pool, periods, shown),
    ]);
    return {
      items: shown.map((host) => ({
        host,
        jobs: jobs.get(host) ?? NONE,
        running: running.byHost.get(host) ?? null,
        late: late.byHost.get(host) ?? null,
        heldBack: (heldBack ?? [])
          .filter(({ origin }) => hostOfUrl(origin) === host)
          .map(({ origin, untilMs }) => ({ origin, until: new Date(untilMs) })),
        lastHour: requests.get(host) ?? null,
      })),
      hasMore: hosts.length > limit,
      runningIsCapped: running.isCapped,
      lateIsCapped: late.isCapped,
      slowestIsCapped: isCapped,
      knowsHeldBack: heldBack !== undefined,
      from,
    };
  };
}

async function byName(pool: Pool, asked: Parameters<typeof listHosts>[1]): Promise<SlowHosts> {
  return { hosts: await listHosts(pool, asked), isCapped: false };
}

/** The page is useful without Redis. */
async function heldBackOf(
  queue: Pick<Queue, 'listHeldBack'>,
  nowMs: number,
): Promise<HeldBackOrigin[] | undefined> {
  try {
    return await queue.listHeldBack(nowMs);
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}
