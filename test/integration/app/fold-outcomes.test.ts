import { beforeEach, describe, expect, test } from 'vitest';
import { makeDropOldCounts } from '../../../lib/app/drop-old-counts.ts';
import { makeFoldOutcomes } from '../../../lib/app/fold-outcomes.ts';
import { readStats } from '../../../lib/app/read-stats.ts';
import { addToTotals, lockFolds, takeBatches } from '../../../lib/db/fold-outcomes.ts';
import { keepQueueDepth } from '../../../lib/db/queue-depths.ts';
import { listOutcomeTotals } from '../../../lib/db/read-outcome-counts.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { noOutcomes } from '../../../lib/domain/roll-up/outcome-counts.ts';
import { keptDays, startOfPeriod } from '../../../lib/domain/roll-up/periods.ts';
import { MAX_GROUPS } from '../../../lib/domain/roll-up/series.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { after, begin, emptyTables, NOON, pool, useOwnDatabase } from '../db/fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const MINUTE_MS = 60_000;
const clock = new ManualClock(after(5 * MINUTE_MS));
const foldOutcomes = makeFoldOutcomes({ pool, clock });
const fold = () => foldOutcomes({ untilMs: clock.nowMs() + 10_000 });

type Batch = { at?: Date; group?: string | null; status?: string; values?: number[]; executions?: number };

async function addBatch({ at = NOON, group = null, status = 'SUCCESS', values = [10], executions }: Batch) {
  await pool.query('insert into outcome_batches values ($1, $2, $3, $4, $5, $5)', [
    at,
    group,
    status,
    executions ?? values.length,
    values,
  ]);
}

const read = (asked: Partial<Parameters<typeof readStats>[1]> = {}) =>
  readStats(
    pool,
    { from: NOON, to: after(5 * MINUTE_MS), stepSeconds: 60, group: undefined, ...asked },
    clock.now(),
  );

const executionsOf = (points: readonly { executions: { succeeded: number } }[]) =>
  points.map(({ executions }) => executions.succeeded);

describe('the fold of outcomes', () => {
  test('outcomes appear in the statistics after a fold, and minutes without outcomes are zeros', async () => {
    await addBatch({ values: [10, 20] });
    await addBatch({ values: [30] });
    await addBatch({ at: after(2 * MINUTE_MS), status: 'FAILED', values: [90_000] });
    await addBatch({ at: after(2 * MINUTE_MS), status: 'RETRYING', values: [500] });
    await addBatch({ at: after(4 * MINUTE_MS), status: 'CANCELLED', values: [], executions: 7 });
    expect(await fold()).toBe(5);
    const { points, total, countedUntil } = await read();
    expect(executionsOf(points)).toEqual([3, 0, 0, 0, 0]);
    expect(points[2]).toMatchObject({
      executions: { succeeded: 0, failed: 1, cancelled: 0 },
      retries: 1,
      durationMs: { count: 1, p50: 90_000, max: 90_000 },
      latenessMs: { count: 2, max: 90_000 },
    });
    expect(points[4]).toMatchObject({ executions: { cancelled: 7 }, durationMs: null, latenessMs: null });
    expect(total).toMatchObject({
      executions: { succeeded: 3, failed: 1, cancelled: 7, skipped: 0 },
      retries: 1,
      durationMs: { count: 4, max: 90_000 },
    });
    expect(countedUntil).toEqual(clock.now());
  });

  test('later outcomes of a minute are added to the earlier ones', async () => {
    await addBatch({ values: [10] });
    await fold();
    await addBatch({ values: [1_000, 2] });
    await fold();
    const { points } = await read();
    expect(points[0]).toMatchObject({ executions: { succeeded: 3 }, durationMs: { count: 3, max: 1_000 } });
    expect(await fold()).toBe(0);
    expect(executionsOf((await read()).points)).toEqual([3, 0, 0, 0, 0]);
  });

  test.each([
    [60, 180],
    [300, 60],
    [3_600, 5],
    [86_400, 1],
  ])('steps of %i s have the same sum', async (stepSeconds, minutes) => {
    for (let minute = 0; minute < minutes; minute += 1) await addBatch({ at: after(-minute * MINUTE_MS) });
    await fold();
    const { total } = await read({ from: after(-DAY_MS / 4), stepSeconds });
    expect(total.executions.succeeded).toBe(minutes);
  });

  test('the statistics of a group count only its jobs', async () => {
    await addBatch({ group: 'billing' });
    await addBatch({ group: 'reports', values: [1, 2] });
    await addBatch({ values: [1, 2, 3] });
    await fold();
    expect((await read({ group: 'billing' })).total.executions.succeeded).toBe(1);
    expect((await read({ group: 'reports' })).total.executions.succeeded).toBe(2);
    expect((await read({ group: 'unknown' })).total.executions.succeeded).toBe(0);
    expect((await read()).total.executions.succeeded).toBe(6);
  });

  test('groups above the limit are counted together, and one without outcomes for a month makes room', async () => {
    const old = after(-32 * DAY_MS);
    for (let index = 0; index < MAX_GROUPS; index += 1) {
      await addBatch({ group: `group ${index}`, at: index === 0 ? old : NOON });
    }
    await fold();
    await addBatch({ group: 'late', values: [1, 2] });
    await fold();
    expect((await read({ group: '(other)' })).total.executions.succeeded).toBe(2);
    await makeDropOldCounts({ pool })(clock.now());
    await addBatch({ group: 'late', values: [1, 2, 3] });
    await fold();
    expect((await read({ group: 'late' })).total.executions.succeeded).toBe(3);
  });

  test('a fold that fails leaves the outcomes for the next one', async () => {
    await addBatch({ values: [1, 2] });
    const { tx } = await begin();
    await takeBatches(tx, 10);
    await tx.query('rollback');
    await fold();
    expect((await read()).total.executions.succeeded).toBe(2);
  });

  test('a fold leaves the work to another one that is under way', async () => {
    await addBatch({});
    const { tx, commit } = await begin();
    expect(await lockFolds(tx)).toBe(true);
    expect(await fold()).toBe(0);
    await commit();
    expect(await fold()).toBe(1);
  });

  test('a fold continues until no outcome is left', async () => {
    await pool.query(
      `insert into outcome_batches select $1, null, 'SUCCESS', 1, '{5}', '{0}' from generate_series(1, 2500)`,
      [NOON],
    );
    expect(await fold()).toBe(2_500);
    expect((await read()).total.executions.succeeded).toBe(2_500);
  });

  test('without time, a fold does one batch and does not say that all is counted', async () => {
    await pool.query(
      `insert into outcome_batches select $1, null, 'SUCCESS', 1, '{5}', '{0}' from generate_series(1, 2500)`,
      [NOON],
    );
    await pool.query('update outcome_folds set counted_until = null');
    expect(await foldOutcomes({ untilMs: 0 })).toBe(1_000);
    expect((await read()).countedUntil).toBeUndefined();
  });
});

describe('the totals', () => {
  test('totals never decrease, also after folds and the retention', async () => {
    await addBatch({ values: [10, 2_000], at: after(-390 * DAY_MS) });
    await addBatch({ status: 'FAILED' });
    await fold();
    const before = await listOutcomeTotals(pool);
    expect(before.map(({ status, executions }) => [status, executions])).toEqual([
      ['FAILED', 1],
      ['SUCCESS', 2],
    ]);
    await makeDropOldCounts({ pool })(after(400 * DAY_MS));
    expect(await listOutcomeTotals(pool)).toEqual(before);
    await addBatch({});
    await fold();
    expect((await listOutcomeTotals(pool))[1]).toMatchObject({ executions: 3 });
  });

  test('a total can exceed what an integer holds', async () => {
    const many = { sumMs: 9e12, maxMs: 0, counts: [0, 3_000_000_000] };
    const total = { ...noOutcomes(), executions: 3e9, duration: many, lateness: many };
    for (let time = 0; time < 2; time += 1) {
      await addToTotals(pool, [
        { ...total, series: 'none', status: 'SUCCESS', lastMinuteMs: NOON.getTime() },
      ]);
    }
    expect(await listOutcomeTotals(pool)).toMatchObject([
      { executions: 6e9, duration: { sumMs: 18e12, counts: [0, 6_000_000_000] } },
    ]);
  });
});

describe('the depth of the queue', () => {
  const depth = { ready: 3, scheduled: 10, retrying: 1, processing: 4, oldestDueAgeMs: 1_500 };

  test('two ticks in a minute leave one row with the highest values', async () => {
    await keepQueueDepth(pool, depth, after(1_000));
    await keepQueueDepth(pool, { ...depth, ready: 9, scheduled: 2 }, after(2_000));
    const { rows } = await pool.query('select ready from queue_depths where period_seconds = 60');
    expect(rows).toEqual([{ ready: 9 }]);
    const { points } = await read();
    expect(points.map(({ queue }) => queue)).toEqual([{ ...depth, ready: 9 }, null, null, null, null]);
  });

  test('a part of the queue that was not measured does not hide a measured one', async () => {
    const unknown = { ready: null, scheduled: null, retrying: null, processing: null };
    await keepQueueDepth(pool, { ...unknown, oldestDueAgeMs: 20 }, NOON);
    expect((await read()).points[0]!.queue).toEqual({ ...unknown, oldestDueAgeMs: 20 });
    await keepQueueDepth(pool, { ...depth, oldestDueAgeMs: null }, after(1_000));
    expect((await read()).points[0]!.queue).toEqual({ ...depth, oldestDueAgeMs: 20 });
  });

  test('a longer step has the highest values of its minutes', async () => {
    await keepQueueDepth(pool, depth, after(MINUTE_MS));
    await keepQueueDepth(pool, { ...depth, ready: 8 }, after(2 * MINUTE_MS));
    const { points } = await read({
      from: after(-2 * MINUTE_MS),
      to: after(3 * MINUTE_MS),
      stepSeconds: 3_600,
    });
    expect(points.at(-1)).toMatchObject({ queue: { ready: 8 } });
    const twoMinutes = await read({ stepSeconds: 120 });
    expect(twoMinutes.points.map(({ queue }) => queue?.ready)).toEqual([3, 8, undefined]);
  });
});

describe('the retention of counts', () => {
  test('minutes are removed after 14 days, and hours and days after 400', async () => {
    await addBatch({ at: after(-15 * DAY_MS) });
    await addBatch({ at: after(-13 * DAY_MS) });
    await addBatch({ at: after(-402 * DAY_MS) });
    for (const days of [402, 15, 13]) {
      await keepQueueDepth(
        pool,
        { ready: 1, scheduled: 1, retrying: 1, processing: 1, oldestDueAgeMs: 1 },
        after(-days * DAY_MS),
      );
    }
    await fold();
    await makeDropOldCounts({ pool })(clock.now());
    const kept = async (table: string) =>
      (
        await pool.query(
          `select period_seconds as period, count(distinct starts_at) as count from ${table} group by 1 order by 1`,
        )
      ).rows;
    const expected = [
      { period: 60, count: 1 },
      { period: 300, count: 2 },
      { period: 3_600, count: 2 },
      { period: 86_400, count: 2 },
    ];
    expect(await kept('outcome_counts')).toEqual(expected);
    expect(await kept('queue_depths')).toEqual(expected);
  });

  test.each([60, 300, 3_600, 86_400] as const)(
    'the earliest range by periods of %i s that is accepted has all of its counts',
    async (seconds) => {
      const stepMs = seconds * 1_000;
      const now = clock.now();
      await pool.query(
        `insert into outcome_counts
         select 'all', $1, starts_at, 'SUCCESS', 1, 1, 1, '{1}', 0, 0, '{1}'
           from generate_series($2::timestamptz, $3::timestamptz, $1 * interval '1 s') starts_at`,
        [seconds, new Date(startOfPeriod(now.getTime() - (keptDays[seconds] + 3) * DAY_MS, seconds)), now],
      );
      const dropOldCounts = makeDropOldCounts({ pool });
      while ((await dropOldCounts(now)) > 0);
      const promisedMs = now.getTime() - keptDays[seconds] * DAY_MS;
      const firstOf = async (fromMs: number) => {
        const [from, to] = [new Date(fromMs), new Date(fromMs + stepMs)];
        return (await read({ from, to, stepSeconds: seconds })).points[0]?.executions.succeeded;
      };
      expect(await firstOf(promisedMs)).toBe(1);
      // Back from the promised instant, each range has its counts, until one is refused.
      const fromMs = Math.ceil((promisedMs - DAY_MS) / stepMs) * stepMs;
      expect(await firstOf(fromMs)).toBe(1);
      await expect(firstOf(fromMs - stepMs)).rejects.toThrow('is too early for a step');
    },
  );

  test('the removal is bounded, and continues with the next tick', async () => {
    await pool.query(
      `insert into outcome_counts
       select 'all', 60, $1::timestamptz - place * interval '1 minute', 'SUCCESS', 1, 1, 1, '{1}', 0, 0, '{1}'
         from generate_series(1, 5100) place`,
      [after(-20 * DAY_MS)],
    );
    const dropOldCounts = makeDropOldCounts({ pool });
    expect(await dropOldCounts(clock.now())).toBe(5_000);
    expect(await dropOldCounts(clock.now())).toBe(100);
    await addBatch({ at: after(-20 * DAY_MS) });
    await fold();
    // The next round is an hour later.
    expect(await dropOldCounts(clock.now())).toBe(0);
    expect(await dropOldCounts(after(2 * 3_600_000))).toBe(2);
  });
});
