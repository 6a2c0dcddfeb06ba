import { expect, test } from 'vitest';
import { readGroupStats } from '../../../lib/app/read-group-stats.ts';
import { belfry, createDueJob, DUE, failsAtOnce, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const HOUR_MS = 3_600_000;
const read = (limit = 5) =>
  readGroupStats(
    belfry.pool,
    { from: undefined, to: undefined, stepSeconds: 900, limit },
    new Date(belfry.clock.nowMs() + 1),
  );

/** Stores counts of hours of a series, the latest hour last, in the periods that the choice and the answer read. */
const store = (series: string, status: string, executions: readonly number[]) =>
  belfry.pool.query(
    `with hours as (
       select date_trunc('hour', $3::timestamptz, 'UTC') - (cardinality($4::integer[]) - place) * interval '1 hour' as at, executions
         from unnest($4::integer[]) with ordinality e (executions, place) where executions > 0
     ), known as (
       insert into outcome_totals (series, status, executions, duration_sum_ms, durations, lateness_sum_ms, latenesses, last_minute)
       select $1, $2, 1, 0, '{}', 0, '{}', $3 on conflict do nothing
     )
     insert into outcome_counts (series, period_seconds, starts_at, status, executions, duration_sum_ms, duration_max_ms,
                                 durations, lateness_sum_ms, lateness_max_ms, latenesses)
     select $1, period, at, $2, executions, 0, 0, '{}', 0, 0, '{}' from hours, unnest(array[300, 3600]) period`,
    [series, status, belfry.clock.now(), executions],
  );

test('a failure is in the series of its group, and other jobs are counted together, after the next tick', async () => {
  await createDueJob({ group: 'calm' });
  await createDueJob({ group: 'billing' });
  await createDueJob({
    group: 'billing',
    api: `${target.url}/missing`,
    ...failsAtOnce,
  });
  await createDueJob();
  await belfry.clock.advanceTo(DUE);
  await work();
  await belfry.runTick(belfry.inMs(30_000));
  const { groups, others, countedUntil, range } = await read();
  expect(countedUntil).toEqual(belfry.clock.now());
  expect(groups.map(({ group, succeeded, failed }) => ({ group, succeeded, failed }))).toEqual([
    { group: 'billing', succeeded: 1, failed: 1 },
  ]);
  expect(others).toMatchObject({ succeeded: 2, failed: 0 });
  const atMs = Math.floor(Date.parse(DUE) / 900_000) * 900_000;
  expect(groups[0]!.points.filter(({ failed }) => failed > 0)).toEqual([{ atMs, succeeded: 1, failed: 1 }]);
  expect(groups[0]!.points).toHaveLength((range.toMs - range.fromMs) / 900_000);
});

test('the groups with the largest shares have series of their own, and all other jobs have one together', async () => {
  await store('group:half', 'SUCCESS', [0, 1, 3]);
  await store('group:half', 'FAILED', [2, 1, 1]);
  await store('group:few', 'SUCCESS', [9, 9, 9]);
  await store('group:few', 'FAILED', [1, 1, 1]);
  await store('group:calm', 'SUCCESS', [4, 4, 4]);
  await store('none', 'FAILED', [0, 0, 2]);
  await store('all', 'SUCCESS', [13, 14, 16]);
  await store('all', 'FAILED', [3, 2, 4]);
  const ofSteps = ({ points }: Awaited<ReturnType<typeof read>>['others']) =>
    points
      .filter(({ succeeded, failed }) => succeeded + failed > 0)
      .map(({ succeeded, failed }) => [succeeded, failed]);
  const { groups, others } = await read(1);
  expect(groups.map(({ group }) => group)).toEqual(['half']);
  expect(ofSteps(groups[0]!)).toEqual([
    [0, 2],
    [1, 1],
    [3, 1],
  ]);
  expect(ofSteps(others)).toEqual([
    [13, 1],
    [13, 1],
    [13, 3],
  ]);
  expect((await read()).groups.map(({ group }) => group)).toEqual(['half', 'few']);
});

test('a group whose failures are older than the range is left out', async () => {
  await store('group:old', 'FAILED', [1, ...Array.from({ length: 30 }, () => 0)]);
  await store('all', 'FAILED', [1, ...Array.from({ length: 30 }, () => 0)]);
  const { groups, others } = await read();
  expect(groups).toEqual([]);
  expect(others).toMatchObject({ succeeded: 0, failed: 0 });
  expect(others.points.at(-1)!.atMs - others.points[0]!.atMs).toBe(24 * HOUR_MS);
});
