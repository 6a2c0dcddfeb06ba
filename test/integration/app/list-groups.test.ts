import { expect, test } from 'vitest';
import { type AskedGroups, listGroups } from '../../../lib/app/list-groups.ts';
import { MAX_GROUPS } from '../../../lib/domain/roll-up/series.ts';
import { aJob } from '../../support/a-job.ts';
import { belfry, createDueJob, DUE, failsAtOnce, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const tick = () => belfry.runTick(belfry.inMs(30_000));
const list = (asked: Partial<AskedGroups> = {}) =>
  listGroups(
    belfry.pool,
    { span: '24h', order: 'name', limit: 10, afterName: '', ...asked },
    belfry.clock.now(),
  );

test('a group has its jobs, the paused ones of them, and the outcomes of the span', async () => {
  await createDueJob({ group: 'billing' });
  await createDueJob({
    group: 'billing',
    api: `${target.url}/missing`,
    ...failsAtOnce,
  });
  const { id } = await belfry.createJob(aJob({ group: 'billing' }));
  await belfry.createJob(aJob());
  await belfry.changeJob(id, { isActive: false });
  await belfry.clock.advanceTo(DUE);
  await work();
  await tick();
  for (const span of ['1h', '24h', '7d', '30d'] as const) {
    const { items, hasMore, countedUntil } = await list({ span });
    expect(hasMore).toBe(false);
    expect(countedUntil).toEqual(belfry.clock.now());
    expect(items).toMatchObject([
      {
        group: 'billing',
        jobs: { count: 3, isCapped: false },
        paused: { count: 1, isCapped: false },
        outcomes: {
          executions: { succeeded: 1, failed: 1 },
          retries: 0,
          maxDurationMs: expect.any(Number),
          maxLatenessMs: 0,
        },
      },
    ]);
  }
});

test('pages go through the groups by name, and a group without jobs is left out', async () => {
  for (const group of ['c', 'a', 'b', 'ä', 'd']) await belfry.createJob(aJob({ group }));
  const { id } = await belfry.createJob(aJob({ group: 'gone' }));
  await belfry.deleteJob(id);
  const names: string[] = [];
  for (let afterName = '', more = true; more; afterName = names.at(-1)!) {
    const { items, hasMore } = await list({ limit: 2, afterName });
    expect(items.length).toBeLessThanOrEqual(2);
    names.push(...items.map(({ group }) => group));
    more = hasMore;
  }
  expect(names.toSorted()).toEqual(['a', 'b', 'c', 'd', 'ä']);
  expect(names).toHaveLength(5);
});

test('the group with the largest share of failed executions is first in the order of failures', async () => {
  const counted: [string, string, number][] = [
    ['group:calm', 'SUCCESS', 5],
    ['group:half', 'SUCCESS', 1],
    ['group:half', 'FAILED', 1],
    ['group:all', 'FAILED', 1],
    ['group:few', 'SUCCESS', 99],
    ['group:few', 'FAILED', 1],
    ['all', 'FAILED', 50],
  ];
  await store(counted);
  const { items, hasMore } = await list({ order: 'failures', limit: 2 });
  expect(items.map(({ group }) => group)).toEqual(['all', 'half']);
  expect(hasMore).toBe(false);
});

test('a group that is counted together with others has no outcomes of its own', async () => {
  await store(Array.from({ length: MAX_GROUPS }, (_, place) => [`group:${place}`, 'SUCCESS', 1] as const));
  await belfry.createJob(aJob({ group: '7' }));
  await belfry.createJob(aJob({ group: 'late' }));
  const { items } = await list();
  expect(items.map(({ group, outcomes }) => [group, outcomes?.executions.succeeded])).toEqual([
    ['7', 1],
    ['late', undefined],
  ]);
});

async function store(counted: readonly (readonly [series: string, status: string, executions: number])[]) {
  await belfry.pool.query(
    `insert into outcome_totals (series, status, executions, duration_sum_ms, durations, lateness_sum_ms, latenesses, last_minute)
     select series, status, executions, 0, '{}', 0, '{}', $4
       from unnest($1::text[], $2::text[], $3::integer[]) d (series, status, executions)`,
    [
      counted.map(([series]) => series),
      counted.map(([, status]) => status),
      counted.map(([, , n]) => n),
      belfry.clock.now(),
    ],
  );
  await belfry.pool.query(
    `insert into outcome_counts (series, period_seconds, starts_at, status, executions, duration_sum_ms, duration_max_ms,
                                 durations, lateness_sum_ms, lateness_max_ms, latenesses)
     select series, 3600, date_trunc('hour', last_minute, 'UTC'), status, executions, 0, 0, '{}', 0, 0, '{}' from outcome_totals`,
  );
}
