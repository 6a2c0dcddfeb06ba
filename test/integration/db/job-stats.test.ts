import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readJobStats } from '../../../lib/db/job-stats.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { MAX_STATS_EXECUTIONS, rangeOfSpan } from '../../../lib/domain/job-stats.ts';
import { after, emptyTables, NOON, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

const MINUTE_MS = 60_000;
const JOB = 7;

beforeAll(() => ensurePartitions(pool, after(-31 * DAY_MS), 32));
beforeEach(emptyTables);

/** Stores executions of the job, one each `everyMs` back from `untilMs`; the n-th took n ms. Every tenth failed. */
const store = (count: number, everyMs: number, untilMs = -1) =>
  pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, execution_duration, lateness_ms,
                                 created_at, updated_at)
     select $1, 1, case when n % 10 = 0 then 'FAILED' else 'SUCCESS' end, at, at, n, 1, at, at
       from generate_series(1, $2::integer) n,
            lateral (select $3::timestamptz - (n - 1) * $4::double precision * interval '1 ms') t (at)`,
    [JOB, count, after(untilMs), everyMs],
  );

describe('the steps of the statistics of a job', () => {
  test.each([
    ['24h', 900, 96],
    ['7d', 7_200, 84],
    ['30d', 28_800, 91],
  ] as const)(
    'a span of %s has steps of %i s, and each execution is in one',
    async (span, seconds, steps) => {
      await store(60, 11 * MINUTE_MS);
      const { points, stepSeconds, ...total } = await readJobStats(
        pool,
        JOB,
        rangeOfSpan(span, NOON.getTime()),
      );
      expect({ stepSeconds, steps: points.length }).toEqual({ stepSeconds: seconds, steps });
      const sum = (of: 'succeeded' | 'failed') => points.reduce((all, point) => all + point[of], 0);
      expect([sum('succeeded'), sum('failed')]).toEqual([54, 6]);
      expect(total).toMatchObject({ executions: 60, isCapped: false, succeeded: 54, failed: 6 });
      for (const [place, { at }] of points.entries())
        expect(at.getTime()).toBe(points[0]!.at.getTime() + place * seconds * 1_000);
    },
  );

  test('a step has the percentiles of its own executions, and a step without executions has none', async () => {
    await store(4, MINUTE_MS);
    await store(1, MINUTE_MS, -3 * 15 * MINUTE_MS - 1);
    const { points } = await readJobStats(pool, JOB, rangeOfSpan('24h', NOON.getTime()));
    expect(points.slice(-4).map(({ durationMs }) => durationMs)).toEqual([
      { p50: 1, p99: 1, max: 1 },
      null,
      null,
      { p50: 2, p99: 4, max: 4 },
    ]);
    expect(points.at(-2)).toMatchObject({ succeeded: 0, failed: 0, cancelled: 0, open: 0 });
  });

  test.each([
    ['each second', 1_000, 60, 83],
    ['each 10 seconds', 10_000, 900, 55],
    ['each minute', MINUTE_MS, 3_600, 83],
  ])(
    'of a job that runs %s, the steps after the oldest of the counted executions are shown, and only whole ones',
    async (_, everyMs, seconds, steps) => {
      await store(MAX_STATS_EXECUTIONS + 500, everyMs);
      const stats = await readJobStats(pool, JOB, rangeOfSpan('30d', NOON.getTime()));
      expect(stats).toMatchObject({ executions: MAX_STATS_EXECUTIONS, isCapped: true, stepSeconds: seconds });
      expect(stats.points).toHaveLength(steps);
      expect(stats.points.map(({ succeeded, failed }) => succeeded + failed)).toEqual(
        Array.from({ length: steps }, () => (seconds * 1_000) / everyMs),
      );
    },
  );

  test('a job without executions has steps of zeros', async () => {
    const stats = await readJobStats(pool, JOB, rangeOfSpan('7d', NOON.getTime()));
    expect(stats).toMatchObject({ executions: 0, isCapped: false, oldestAt: null, stepSeconds: 7_200 });
    expect(stats.points).toHaveLength(84);
  });
});
