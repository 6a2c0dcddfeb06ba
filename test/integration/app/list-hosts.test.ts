import { expect, test } from 'vitest';
import { makeListHosts } from '../../../lib/app/list-hosts.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { MAX_LIVE_READ, HOST_PERIOD_MS, MAX_HOST_COUNTS } from '../../../lib/domain/host-summary.ts';
import { aJob } from '../../support/a-job.ts';
import {
  belfry,
  createDueJob,
  DUE,
  failsAtOnce,
  setUpWorker,
  startHangingRequest,
  target,
  work,
} from './worker-fixture.ts';

setUpWorker();

const list = (
  asked: Partial<Parameters<ReturnType<typeof makeListHosts>>[0]> = {},
  queue: Pick<typeof belfry.queue, 'listHeldBack'> = belfry.queue,
) => makeListHosts({ ...belfry, queue })({ order: 'name', limit: 10, afterHost: '', ...asked });
const HOUR_MS = 3_600_000;

test('a host has its jobs, and the requests of the last hour', async () => {
  await createDueJob();
  await createDueJob({
    api: `${target.url.replace('127.0.0.1', 'LOCALHOST')}/`,
    ...failsAtOnce,
  });
  await belfry.createJob(aJob({ api: 'https://idle.example:8443/x' }));
  await belfry.clock.advanceTo(DUE);
  await work();
  const { items, hasMore } = await list();
  expect(hasMore).toBe(false);
  expect(items).toMatchObject([
    { host: '127.0.0.1', jobs: { count: 1 }, lastHour: { requests: 1, failed: 0, timedOut: 0 } },
    { host: 'idle.example', jobs: { count: 1 }, running: null, late: null, heldBack: [], lastHour: null },
    { host: 'localhost', jobs: { count: 1 }, lastHour: { requests: 1, failed: 1, timedOut: 0 } },
  ]);
  await belfry.clock.advanceBy(HOUR_MS);
  expect((await list()).items.map(({ lastHour }) => lastHour)).toEqual([null, null, null]);
});

test('an environment adds up its requests, and writes them once a minute at most', async () => {
  const ofHost = async () => (await list()).items[0]?.lastHour?.requests;
  await createDueJob();
  await belfry.clock.advanceTo(DUE);
  await work();
  expect(await ofHost()).toBe(1);
  for (let run = 0; run < 2; run += 1) {
    await createDueJob({ schedule: belfry.clock.now().toISOString() });
    await work();
  }
  expect(await ofHost()).toBe(1);
  await belfry.clock.advanceBy(60_000);
  await createDueJob({ schedule: belfry.clock.now().toISOString() });
  await work();
  expect(await ofHost()).toBe(4);
});

test('the execution of a host that hangs is listed as running since its claim', async () => {
  const { fail } = await startHangingRequest();
  const { items, runningIsCapped } = await list();
  expect(runningIsCapped).toBe(false);
  expect(items).toMatchObject([
    { host: '127.0.0.1', running: { count: 1, since: new Date(DUE) }, late: null },
  ]);
  await fail();
});

test('reports count for no host, but count in the number of executions that are read', async () => {
  const job = await createDueJob();
  await belfry.clock.advanceTo(DUE);
  await belfry.pool.query(
    `insert into job_executions (id, job_id, job_revision, status, execution_time, due_at, trigger, request_url, created_at, updated_at)
     select nextval('job_execution_ids'), $1, 1, 'SCHEDULED', $2::timestamptz - n * interval '1 ms', $2, 'CALLBACK',
            'http://127.0.0.1:9/report', $2, $2
       from generate_series(1, $3::integer) n`,
    [job.id, DUE, MAX_LIVE_READ],
  );
  await belfry.clock.advanceBy(1_000);
  const { items, lateIsCapped } = await list();
  expect(lateIsCapped).toBe(true);
  expect(items[0]?.late?.count ?? 0).toBeLessThanOrEqual(1);
});

test('executions that no worker has claimed are late a second after they are due', async () => {
  await createDueJob();
  await createDueJob();
  await belfry.clock.advanceTo(DUE);
  expect((await list()).items[0]?.late).toBe(null);
  await belfry.clock.advanceBy(1_000);
  expect((await list()).items[0]?.late).toEqual({ count: 2, since: new Date(DUE) });
});

test('an origin that has asked for a pause is shown until the pause ends, and the page is shown without it while Redis does not answer', async () => {
  target.answerWith({ status: 429, headers: { 'retry-after': '30' } });
  await createDueJob();
  await belfry.clock.advanceTo(DUE);
  await work();
  const pause = { origin: target.url, until: new Date(belfry.clock.nowMs() + 30_000) };
  expect((await list()).items[0]?.heldBack).toEqual([pause]);
  await belfry.clock.advanceBy(30_000);
  expect((await list()).items[0]?.heldBack).toEqual([]);
  const away = { listHeldBack: () => Promise.reject(new UnavailableError('Redis')) };
  expect(await list({}, away)).toMatchObject({ knowsHeldBack: false, items: [{ heldBack: [] }] });
});

test('the host with the longest mean duration is first in the order of slowness, also without jobs', async () => {
  await belfry.pool.query(
    `insert into host_outcomes (starts_at, host, requests, failed, timed_out, duration_sum_ms, duration_max_ms)
     values ($1, 'fast.example', 100, 0, 0, 1000, 50), ($1, 'slow.example', 2, 1, 1, 5000, 3000), ($1, 'mid.example', 1, 0, 0, 20, 20),
            ($2, 'mid.example', 1, 0, 0, 40, 40), ($3, 'past.example', 1, 0, 0, 90000, 90000)`,
    [new Date('2030-03-04T10:00:00Z'), new Date('2030-03-04T09:05:00Z'), new Date('2030-03-04T09:00:00Z')],
  );
  const { items, hasMore, slowestIsCapped } = await list({ order: 'slow', limit: 2 });
  expect({ hasMore, slowestIsCapped }).toEqual({ hasMore: false, slowestIsCapped: false });
  expect(items).toMatchObject([
    {
      host: 'slow.example',
      jobs: { count: 0 },
      lastHour: { requests: 2, durationSumMs: 5_000, durationMaxMs: 3_000 },
    },
    { host: 'mid.example', lastHour: { requests: 2, durationSumMs: 60, durationMaxMs: 40 } },
  ]);
});

test('the slowest hosts are found among the latest counts, if there are too many, and the page says so', async () => {
  const start = new Date('2030-03-04T10:00:00Z');
  await belfry.pool.query(
    `insert into host_outcomes (starts_at, host, requests, failed, timed_out, duration_sum_ms, duration_max_ms)
     select $1, 'host-' || n || '.example', 1, 0, 0, n, n from generate_series(1, $2::integer) n`,
    [start, MAX_HOST_COUNTS],
  );
  const slowest = { items: [{ host: `host-${MAX_HOST_COUNTS}.example` }] };
  expect(await list({ order: 'slow', limit: 1 })).toMatchObject({ ...slowest, slowestIsCapped: false });
  await belfry.pool.query(
    `insert into host_outcomes (starts_at, host, requests, failed, timed_out, duration_sum_ms, duration_max_ms)
     values ($1, 'fast.example', 1, 0, 0, 0, 0), ($2, 'slower.example', 1, 0, 0, 90000, 90000)`,
    [new Date(start.getTime() - HOST_PERIOD_MS), new Date(start.getTime() - 2 * HOST_PERIOD_MS)],
  );
  expect(await list({ order: 'slow', limit: 1 })).toMatchObject({ ...slowest, slowestIsCapped: true });
});

test('pages go through the hosts by name', async () => {
  for (const host of ['b', 'a', 'c']) await belfry.createJob(aJob({ api: `https://${host}.example/` }));
  const first = await list({ limit: 2 });
  expect(first.items.map(({ host }) => host)).toEqual(['a.example', 'b.example']);
  const second = await list({ limit: 2, afterHost: 'b.example' });
  expect(second).toMatchObject({ hasMore: false, items: [{ host: 'c.example' }] });
});
