import { beforeAll, describe, expect, test } from 'vitest';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { countMatchingJobs, listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import type { ListedJob } from '../../../lib/domain/job.ts';
import { type JobFilter, jobOutcomes, jobStates } from '../../../lib/domain/job-filter.ts';
import { after, ascending, dispatch, emptyTables, NOON, pool, storeJob, useOwnDatabase } from './fixture.ts';
import { readAll, readByNextTime, readNewest } from './match-jobs-fixture.ts';

await useOwnDatabase();

/** Checks the ids of jobs in the order of their next times. Jobs at the same time have no order of their own. */
function expectByNextTime(ids: readonly number[], expected: readonly ListedJob[], filter: JobFilter): void {
  const timeOf = new Map(expected.map(({ id, nextExecutionTime }) => [id, nextExecutionTime?.getTime()]));
  const wanted = expected.filter(({ nextExecutionTime }) => nextExecutionTime !== null).map(({ id }) => id);
  expect(ascending(ids), JSON.stringify(filter)).toEqual(ascending(wanted));
  const times = ids.map((id) => timeOf.get(id) ?? 0);
  expect(times, JSON.stringify(filter)).toEqual(ascending(times));
}

/** Whether one job matches. */
const matches = (job: ListedJob, filter: JobFilter): boolean => {
  const { text = '', keyPrefix, tag, group, owner, host, state, nextBefore, lastOutcome } = filter;
  const { schedule, timeZone } = filter;
  const next = job.nextExecutionTime;
  const stateNow = !job.isActive ? 'PAUSED' : next === null ? 'FINISHED' : 'ACTIVE';
  return [
    `${job.name}\n${job.description}\n${job.key}\n${job.api}`.toLowerCase().includes(text.toLowerCase()),
    keyPrefix === undefined || job.key?.startsWith(keyPrefix) === true,
    tag === undefined || job.tags.includes(tag),
    group === undefined || job.group === group,
    owner === undefined || job.owner === owner,
    host === undefined || new URL(job.api).hostname === host,
    schedule === undefined || job.schedule === schedule,
    timeZone === undefined || job.timeZone === timeZone,
    state === undefined ||
      state.split(',').includes(stateNow) ||
      (job.pausedByFailuresAt !== null && state.split(',').includes('PAUSED_BY_FAILURES')),
    lastOutcome === undefined || outcomes.get(job.id) === lastOutcome,
    nextBefore === undefined || (next !== null && next < nextBefore),
  ].every(Boolean);
};

/** The values of each condition, one list for each. */
const singles: JobFilter[][] = [
  ['nightly', 'RePort', '100%', 'a_b', 'no such text', 'blue.example', 'orders/7'].map((text) => ({ text })),
  ['team/', 'team/7', 'x'].map((keyPrefix) => ({ keyPrefix })),
  ['even', 'seven', 'none'].map((tag) => ({ tag })),
  ['billing', 'none'].map((group) => ({ group })),
  ['stack:a', 'stack:b'].map((owner) => ({ owner })),
  ['blue.example', 'red.example'].map((host) => ({ host })),
  ['@daily', '0 0 * * *', '0 0 * *'].map((schedule) => ({ schedule })),
  ['UTC', 'Europe/Berlin', 'utc'].map((timeZone) => ({ timeZone })),
  [
    ...jobStates,
    'ACTIVE,PAUSED',
    'FINISHED,PAUSED',
    'ACTIVE,PAUSED,FINISHED',
    'PAUSED,PAUSED_BY_FAILURES',
    'PAUSED_BY_FAILURES,PAUSED_BY_FAILURES',
    'PAUSED_BY_FAILURES,ACTIVE',
    'FINISHED,PAUSED_BY_FAILURES',
  ].map((state) => ({ state })),
  jobOutcomes.map((lastOutcome) => ({ lastOutcome })),
  [5_000, 60_000, 3_600_000].map((ms) => ({ nextBefore: after(ms) })),
];
const pairs = singles.flatMap((these, index) =>
  singles.slice(index + 1).flatMap((those) => these.flatMap((a) => those.map((b) => ({ ...a, ...b })))),
);

let jobs: ListedJob[];
const outcomes = new Map<number, string>();

/** Writes executions that end, as a worker does, in the order of their statuses. */
async function end(jobId: number, ...statuses: string[]): Promise<void> {
  for (const [place, status] of statuses.entries()) {
    const [execution] = await dispatch(jobId, after(-3_600_000 + place * 60_000));
    await pool.query('update job_executions set status = $2 where id = $1', [execution!.id, status]);
  }
  outcomes.set(jobId, statuses.at(-1)!);
}

const urls = [
  'https://red.example:8443/',
  'https://RED.example/orders',
  'https://red.example',
  'https://red.example?next=https://blue.example/',
  'https://red.example.org/https://red.example/',
  'http://red.example/',
  ...Array<undefined>(5),
];

beforeAll(async () => {
  await emptyTables();
  for (let place = 0; place < 60; place += 1) {
    const job = await storeJob({
      key: place % 3 === 0 ? `team/${place}` : null,
      name: place % 4 === 0 ? `Nightly report ${place}` : null,
      description: ['100% of it', 'a_b', 'axb', null][place % 4] ?? null,
      tags: [...(place % 2 === 0 ? ['even'] : []), ...(place % 7 === 0 ? ['seven'] : [])],
      group: place % 5 === 0 ? 'billing' : null,
      owner: place < 40 ? 'stack:a' : 'stack:b',
      api: urls[place % urls.length] ?? `http://BLUE.example/orders/${place}?q=Report`,
      schedule: place % 2 === 0 ? '@daily' : '0 0 * * *',
      timeZone: place % 3 === 1 ? 'Europe/Berlin' : 'UTC',
      isActive: place % 8 !== 1,
      nextExecutionTime: place % 8 < 3 ? null : after(place * 1_000 * (place % 11)),
    });
    if (place % 8 === 2 && place > 20) await dispatch(job.id, after(place * 100));
    if (place % 9 === 0) await dispatch(job.id, after(-1_000));
  }
  const [a, b, c, d] = (await listJobs(pool, { limit: 4, offset: 10, maxBytes: 2_000_000 }, NOON)).items;
  await end(a!.id, 'SUCCESS', 'FAILED');
  await end(b!.id, 'FAILED', 'SUCCESS');
  await end(c!.id, 'FAILED');
  await end(d!.id, 'FAILED', 'FAILED', 'SUCCESS', 'FAILED');
  const paused = (await listJobs(pool, { limit: 60, offset: 0, maxBytes: 2_000_000 }, NOON)).items.filter(
    ({ isActive }) => !isActive,
  );
  await end(paused[1]!.id, 'FAILED');
  await end(paused[2]!.id, 'FAILED', 'SUCCESS');
  await end(paused[3]!.id, 'FAILED');
  // Belfry paused two of them, of which one has succeeded since, and a person the third.
  const byBelfry = paused.slice(1, 3).map(({ id }) => id);
  await pool.query('update failing_jobs set paused_at = $2 where job_id = any($1)', [byBelfry, NOON]);
  await pool.query('delete from failing_jobs where job_id = $1', [byBelfry[1]]);
  const deleted = await storeJob({ tags: ['even'], owner: 'stack:b', group: 'billing' });
  await pool.query('update jobs set deleted_at = $2 where id = $1', [deleted.id, NOON]);
  jobs = (await listJobs(pool, { limit: 100, offset: 0, maxBytes: 2_000_000 }, NOON)).items;
});

describe('the jobs that match a filter', () => {
  test.each(singles.flat())(
    'the jobs that match %j are listed by pages, in the order of their ids',
    async (filter) => {
      const expected = jobs.filter((job) => matches(job, filter)).map(({ id }) => id);
      expect(await readAll(filter, 7)).toEqual(expected);
      expect(await countMatchingJobs(pool, filter, NOON)).toEqual({
        count: expected.length,
        isCapped: false,
      });
    },
  );

  test.each([{}, ...singles.flat()])(
    'the jobs that match %j are listed from the newest on, and by their next times',
    async (filter) => {
      const expected = jobs.filter((job) => matches(job, filter));
      expect(await readNewest(filter, 7)).toEqual(expected.map(({ id }) => id).toReversed());
      expectByNextTime(await readByNextTime(filter, 7), expected, filter);
    },
  );

  test('the jobs that match each pair of conditions are listed', async () => {
    for (const filter of pairs) {
      const expected = jobs.filter((job) => matches(job, filter)).map(({ id }) => id);
      expect(await readAll(filter, 50), JSON.stringify(filter)).toEqual(expected);
    }
  });

  test('the jobs that match each pair of conditions are listed in each order', async () => {
    for (const filter of pairs) {
      const expected = jobs.filter((job) => matches(job, filter));
      expect(await readNewest(filter, 50), JSON.stringify(filter)).toEqual(
        expected.map(({ id }) => id).toReversed(),
      );
      expectByNextTime(await readByNextTime(filter, 50), expected, filter);
    }
  });

  test('a list of jobs can end at a job', async () => {
    const maxId = jobs[10]!.id;
    const filters: JobFilter[] = [{ tag: 'even' }, { keyPrefix: 'team/' }, { state: 'PAUSED' }, {}];
    for (const filter of filters) {
      const { ids, lastId } = await listMatchingJobIds(pool, filter, { afterId: 0, maxId, limit: 50 }, NOON);
      const expected = jobs.filter((job) => job.id <= maxId && matches(job, filter)).map(({ id }) => id);
      expect({ ids, lastId }).toEqual({ ids: expected, lastId: null });
    }
  });
});
