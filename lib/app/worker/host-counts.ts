import { addHostOutcomes } from '../../db/host-outcomes.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { HOST_PERIOD_MS, type HostRequests, hostOfUrl } from '../../domain/host-summary.ts';
import { startOfPeriod } from '../../domain/roll-up/periods.ts';
import { errorField, type Logger } from '../../logger.ts';

/** Hosts that are counted between two writes. Requests to further hosts are not counted. */
const MAX_HOSTS = 200;
const EVERY_MS = 60_000;
/** A write does not begin so close to the end of the function. */
const MARGIN_MS = 10_000;

/** The result of a request that was sent. */
export type RequestEnd = { durationMs: number; hasSucceeded: boolean; hasTimedOut: boolean };

/** Counts the requests of an environment by host, over many runs. The counts are for people, and not exact. */
export type HostCounts = {
  count: (url: string, end: RequestEnd) => void;
  /** Writes the counts at the end of a run, once a minute at most. They are kept when the write fails. */
  write: (options: { deadlineMs: number }) => Promise<void>;
};

export function makeHostCounts({
  pool,
  clock,
  logger,
}: {
  pool: Pool;
  clock: Clock;
  logger: Logger;
}): HostCounts {
  let counted = new Map<string, HostRequests>();
  let writtenMs = -Infinity;
  return {
    count: (url, { durationMs, hasSucceeded, hasTimedOut }) => {
      const host = hostOfUrl(url);
      if (host === undefined) return;
      let sums = counted.get(host);
      if (sums === undefined) {
        if (counted.size >= MAX_HOSTS) return;
        sums = { requests: 0, failed: 0, timedOut: 0, durationSumMs: 0, durationMaxMs: 0 };
        counted.set(host, sums);
      }
      sums.requests += 1;
      if (!hasSucceeded) sums.failed += 1;
      if (hasTimedOut) sums.timedOut += 1;
      sums.durationSumMs += durationMs;
      if (durationMs > sums.durationMaxMs) sums.durationMaxMs = durationMs;
    },
    write: async ({ deadlineMs }) => {
      const nowMs = clock.nowMs();
      if (counted.size === 0 || nowMs < writtenMs + EVERY_MS || nowMs > deadlineMs - MARGIN_MS) return;
      const written = counted;
      counted = new Map();
      writtenMs = nowMs;
      const startsAt = new Date(startOfPeriod(nowMs, HOST_PERIOD_MS / 1_000));
      try {
        await addHostOutcomes(pool, startsAt, written);
      } catch (error) {
        // They are written a minute later. A write whose answer was lost counts twice.
        counted = written;
        logger.warn('hosts_not_counted', { error: errorField(error) });
      }
    },
  };
}
