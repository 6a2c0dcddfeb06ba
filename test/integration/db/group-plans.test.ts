import { beforeAll, describe, expect, test } from 'vitest';
import { buildIndexes } from '../../../lib/db/build-indexes.ts';
import { countJobsOfGroups, listGroupNames } from '../../../lib/db/group-jobs.ts';
import { dropOldHostOutcomes, listHostOutcomes, listSlowHosts } from '../../../lib/db/host-outcomes.ts';
import { countJobsOfHosts, listHosts, listLateByHost, listRunningByHost } from '../../../lib/db/hosts.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { listDecidedSteps, listFailingSeries, sumOutcomes } from '../../../lib/db/read-outcome-counts.ts';
import { MAX_HOST_COUNTS } from '../../../lib/domain/host-summary.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { explain, planModes } from './explain.ts';
import { after, NOON, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

const JOBS = 40_000;
/** Every group and host has more jobs than are counted. */
const NAMES = 20;
const HOUR_MS = 3_600_000;

const groups = Array.from({ length: NAMES }, (_, place) => `group-${place}`);
const hosts = Array.from({ length: NAMES }, (_, place) => `host-${place}.example`);

beforeAll(async () => {
  await ensurePartitions(pool, after(-DAY_MS), 2);
  await buildIndexes(
    pool,
    Array.from({ length: 100 }, (_, version) => version),
  );
  await pool.query('alter table jobs disable trigger user');
  await pool.query(
    `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                       is_active, created_at, updated_at, job_group)
     select '@daily', 'UTC', 'http://host-' || n % ${NAMES} || '.example/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
            n % 40 > 0, $1, $1, 'group-' || n % ${NAMES}
       from generate_series(1, ${JOBS}) n`,
    [NOON],
  );
  await pool.query('vacuum analyze');
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at, started_at,
                                 claim_token, lease_expires_at)
     select n, 1, case when n % 10 = 0 then 'RUNNING' else 'SCHEDULED' end, at, at, at, at,
            case when n % 10 = 0 then at end, case when n % 10 = 0 then gen_random_uuid() end, case when n % 10 = 0 then at end
       from generate_series(1, 30000) n, lateral (select $1::timestamptz - n * interval '1 ms') t (at)`,
    [NOON],
  );
  await pool.query(
    `insert into outcome_counts (series, period_seconds, starts_at, status, executions, duration_sum_ms, duration_max_ms,
                                 durations, lateness_sum_ms, lateness_max_ms, latenesses)
     select case when g = 100 then 'all' else 'group:group-' || g end, 3600, $1::timestamptz - h * interval '1 hour', status,
            10, 100, 20, '{5,5}', 10, 2, '{9,1}'
       from generate_series(0, 100) g, generate_series(0, 47) h, unnest(array['SUCCESS', 'FAILED', 'RETRYING']) status`,
    [NOON],
  );
  await pool.query(
    `insert into outcome_totals (series, status, executions, duration_sum_ms, durations, lateness_sum_ms, latenesses, last_minute)
     select 'group:group-' || g, 'FAILED', 1, 0, '{}', 0, '{}', $1 from generate_series(0, 99) g`,
    [NOON],
  );
  await pool.query(
    `insert into host_outcomes (starts_at, host, requests, failed, timed_out, duration_sum_ms, duration_max_ms)
     select $1::timestamptz - p * interval '5 min', 'host-' || h || '.example', 10, 1, 0, h, 9
       from generate_series(0, 40) p, generate_series(1, 500) h`,
    [NOON],
  );
}, 60_000);

describe.each(planModes)('the plan under %s', (mode) => {
  test('names of groups and of hosts are found by one probe of an index for each', async () => {
    const plans = await explain(mode, async (tx) => {
      await listGroupNames(tx, { afterName: 'group-1', limit: 10 });
      await listHosts(tx, { afterHost: 'host-1.example', limit: 10 });
    });
    for (const { seqScans, buffers } of plans) {
      expect(seqScans).toEqual([]);
      expect(buffers).toBeLessThan(100);
    }
  });

  test('the jobs of groups and hosts are counted up to their limit', async () => {
    const plans = await explain(mode, async (tx) => {
      await countJobsOfGroups(tx, groups);
      await countJobsOfHosts(tx, hosts);
    });
    for (const { seqScans, rowsRead } of plans) {
      expect(seqScans).toEqual([]);
      expect(rowsRead).toBeLessThanOrEqual(2 * NAMES * 1_001);
    }
  });

  test('executions that run or are late are read up to their limit', async () => {
    const plans = await explain(mode, async (tx) => {
      await listRunningByHost(tx);
      await listLateByHost(tx, NOON);
    });
    for (const { seqScans, rowsRead } of plans) {
      expect(seqScans).toEqual([]);
      expect(rowsRead).toBeLessThan(4_500);
    }
  });

  test('the outcomes of groups are read by the primary key', async () => {
    const since = { periodSeconds: 3_600, from: after(-23 * HOUR_MS) } as const;
    const series = groups.map((name) => `group:${name}` as const);
    const range = { ...since, to: after(HOUR_MS) };
    const [counts, failing, steps] = await explain(mode, async (tx) => {
      await sumOutcomes(tx, { ...since, series });
      await listFailingSeries(tx, { ...range, limit: 10 });
      await listDecidedSteps(tx, { ...range, series, stepSeconds: 7_200 });
    });
    expect(counts).toMatchObject({ seqScans: [] });
    expect(counts!.rowsRead).toBeLessThanOrEqual(NAMES * 24 * 3);
    expect(failing!.seqScans).not.toContain('outcome_counts');
    expect(failing!.rowsRead).toBeLessThanOrEqual(100 * 24 * 3 + 1_000);
    expect(steps).toMatchObject({ seqScans: [] });
    expect(steps!.rowsRead).toBeLessThanOrEqual(NAMES * 24 * 3);
  });

  test('the slowest hosts are found among a bounded number of counts', async () => {
    await pool.query('analyze host_outcomes');
    const [plan] = await explain(mode, (tx) => listSlowHosts(tx, after(-40 * 300_000), 10));
    expect(plan).toMatchObject({ seqScans: [], rowsRead: MAX_HOST_COUNTS + 1 });
  });

  test('the requests of hosts are read by the primary key', async () => {
    const periods = Array.from({ length: 12 }, (_, back) => after(-back * 300_000));
    const plans = await explain(mode, async (tx) => {
      await listHostOutcomes(tx, periods, hosts);
      await dropOldHostOutcomes(tx, after(-HOUR_MS), 100);
    });
    const [ofHosts, dropped] = plans;
    expect(ofHosts).toMatchObject({ seqScans: [] });
    expect(ofHosts!.rowsRead).toBeLessThanOrEqual(12 * NAMES);
    expect(dropped).toMatchObject({ seqScans: [] });
  });
});
