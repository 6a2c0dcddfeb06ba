import { beforeEach, describe, expect, test } from 'vitest';
import { findSchedule } from '../../../lib/db/job-schedules.ts';
import { findDispatchedJobs, findJobRequests } from '../../../lib/db/job-requests.ts';
import { findJob, insertJobs, jobWasCreated, lockJob, updateJob } from '../../../lib/db/jobs.ts';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { lockJobs, markJobsDeleted, setJobsActive } from '../../../lib/db/job-states.ts';
import { cancelToCome } from '../../support/take-back.ts';
import {
  after,
  begin,
  dispatch,
  emptyTables,
  newJob,
  NOON,
  pool,
  storeJob,
  untilBlocked,
  ascending,
  useOwnDatabase,
} from './fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const maxBytes = 2 * 1_048_576;
const fullJob = newJob({
  name: 'näme "quoted", {braced} \\',
  description: 'NULL',
  schedule: '0 9 * * MON-FRI',
  timeZone: 'Europe/Berlin',
  method: 'PUT',
  headers: { 'X-Tag': 'a,b', 'X-Quote': '"' },
  body: JSON.stringify({ nested: [1, null, 'ü\u0000', { deep: true }], text: '\\"' }),
  type: 'AT_MOST_ONCE',
  isRecurring: false,
  maxRetryCount: 0,
  retry: { initialMs: 500, factor: 1.5, maxMs: 60_000, jitter: 0.25 },
  maxAgeSeconds: 3_600,
  keepResponse: 'always',
  isTraced: false,
  stopOn: [404, '5xx'],
  success: { statuses: ['2xx', 409], contains: 'ü"' },
  timeoutMs: 90_000,
});

describe('insertJobs', () => {
  test('insertJobs returns the stored jobs in the order given, with ascending ids', async () => {
    const jobs = Array.from({ length: 1_000 }, (_, index) => newJob({ name: `job ${index}` }));
    const created = await insertJobs(pool, jobs, NOON);
    expect(created.map((job) => job.name)).toEqual(jobs.map((job) => job.name));
    expect(created.map((job) => job.id)).toEqual(created.map((job) => job.id).sort((a, b) => a - b));
    const { items } = await listJobs(pool, { limit: 1_000, offset: 0, maxBytes }, NOON);
    expect(items).toEqual(created.map((job) => ({ ...job, body: null })));
  });

  test('insertJobs keeps every field as it was given', async () => {
    const bodies = [null, 0, '', 'text', [], {}, false].map((body) => JSON.stringify(body));
    const jobs = [fullJob, ...bodies.map((body) => newJob({ body }))];
    const created = await insertJobs(pool, jobs, NOON);
    expect(created).toEqual(
      jobs.map((job, index) => ({
        ...job,
        id: created[index]!.id,
        createdAt: NOON,
        updatedAt: NOON,
        version: 1,
        failuresInARow: 0,
        lastOutcome: null,
        pausedByFailuresAt: null,
      })),
    );
    for (const job of created) expect(await findJob(pool, job.id, NOON)).toEqual(job);
  });

  test('insertJobs starts the schedule of jobs that have a next time, and of no others', async () => {
    const active = await storeJob();
    const paused = await storeJob({ isActive: false, nextExecutionTime: null });
    expect(await findSchedule(pool, active.id, NOON)).toMatchObject({
      jobId: active.id,
      nextExecutionTime: NOON,
    });
    expect(await findSchedule(pool, paused.id, NOON)).toMatchObject({ nextExecutionTime: null });
    expect(await findJob(pool, paused.id, NOON)).toEqual(paused);
  });

  test('insertJobs stores all jobs or none', async () => {
    const broken = newJob({ type: 'AT_MOST_ONCE', maxRetryCount: 1 });
    await expect(insertJobs(pool, [newJob(), broken], NOON)).rejects.toMatchObject({ code: '23514' });
    expect(await listJobs(pool, { limit: 10, offset: 0, maxBytes }, NOON)).toEqual({
      items: [],
      hasMore: false,
    });
  });

  test('insertJobs of an empty list does nothing', async () => {
    expect(await insertJobs(pool, [], NOON)).toEqual([]);
  });
});

describe('the next execution time of a job', () => {
  const nextTimesOf = async (id: number) => [
    (await findJob(pool, id, NOON))?.nextExecutionTime,
    (await listJobs(pool, { limit: 1, offset: 0, maxBytes }, NOON)).items[0]?.nextExecutionTime,
  ];

  test('the next execution time is that of an occurrence dispatched ahead, until it passes or is taken back', async () => {
    const { id } = await storeJob({ nextExecutionTime: after(9) });
    await dispatch(id, after(-1));
    expect(await nextTimesOf(id)).toEqual([after(9), after(9)]);
    await dispatch(id, after(2), after(1));
    expect(await nextTimesOf(id)).toEqual([after(1), after(1)]);
    await cancelToCome(pool, id, 'SCHEDULE_CHANGED', NOON);
    expect(await nextTimesOf(id)).toEqual([after(9), after(9)]);
  });

  test('a job whose only occurrence was dispatched still has a next execution time', async () => {
    const { id } = await storeJob({ nextExecutionTime: null });
    expect(await nextTimesOf(id)).toEqual([null, null]);
    await dispatch(id, after(1));
    expect(await nextTimesOf(id)).toEqual([after(1), after(1)]);
  });
});

describe('a deleted job', () => {
  test('a deleted job is not found and not locked, and is known to have existed', async () => {
    const { id } = await storeJob();
    await markJobsDeleted(pool, [id], after(1_000));
    expect(await findJob(pool, id, NOON)).toBeUndefined();
    expect(await lockJob(pool, id)).toBeUndefined();
    expect(await lockJobs(pool, [id])).toEqual([]);
    expect(await jobWasCreated(pool, id)).toBe(true);
    expect(await jobWasCreated(pool, id + 1)).toBe(false);
  });
});

describe('updateJob', () => {
  test('updateJob replaces every field, and increments the revision', async () => {
    const job = await storeJob();
    await updateJob(pool, job.id, { ...fullJob, hasRun: true }, after(5));
    expect(await findJob(pool, job.id, NOON)).toEqual({
      ...fullJob,
      id: job.id,
      createdAt: NOON,
      updatedAt: after(5),
      version: 2,
      failuresInARow: 0,
      lastOutcome: null,
      pausedByFailuresAt: null,
    });
    expect(await lockJob(pool, job.id)).toMatchObject({ revision: 2, hasRun: true });
  });
});

describe('lockJob', () => {
  test('lockJob makes the next change wait, and see the values that the first change wrote', async () => {
    const { id } = await storeJob();
    const first = await begin();
    const stored = await lockJob(first.tx, id);
    const second = await begin();
    const seen = lockJob(second.tx, id);
    await untilBlocked();
    await updateJob(first.tx, id, { ...newJob(), name: 'renamed', hasRun: false }, after(5));
    await first.commit();
    expect(stored).toMatchObject({ name: null, revision: 1 });
    expect(await seen).toMatchObject({ name: 'renamed', revision: 2 });
  });

  test('lockJob finds no job that was deleted while it waited', async () => {
    const { id } = await storeJob();
    const first = await begin();
    await lockJob(first.tx, id);
    const second = await begin();
    const seen = lockJob(second.tx, id);
    await untilBlocked();
    await markJobsDeleted(first.tx, [id], NOON);
    await first.commit();
    expect(await seen).toBeUndefined();
  });
});

describe('lockJobs', () => {
  test('batches of jobs lock them in the order of their ids, regardless of the order in which they are asked for', async () => {
    const one = await storeJob();
    const two = await storeJob({ isActive: false, type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    const first = await begin();
    await lockJobs(first.tx, [one.id]);
    const second = await begin();
    const seen = lockJobs(second.tx, [two.id, one.id]);
    await untilBlocked();
    // The second batch waits for the first job, and does not hold the other one yet.
    expect(await lockJobs(first.tx, [two.id])).toHaveLength(1);
    await setJobsActive(first.tx, [{ id: one.id, hasRun: true }], false, after(5));
    await first.commit();
    expect(await seen).toMatchObject([
      { id: one.id, isActive: false, hasRun: true, revision: 2, version: 2, type: 'AT_LEAST_ONCE' },
      { id: two.id, isActive: false, hasRun: false, revision: 1, version: 1, type: 'AT_MOST_ONCE' },
    ]);
  });
});

describe('findDispatchedJobs', () => {
  test('findDispatchedJobs returns the jobs by id', async () => {
    const [one, two] = await insertJobs(pool, [fullJob, newJob()], NOON);
    await storeJob();
    const jobs = await findDispatchedJobs(pool, [two!.id, one!.id, 0]);
    expect(ascending([...jobs.keys()])).toEqual([one!.id, two!.id]);
    const { schedule, timeZone, isRecurring, type, maxRetryCount, api, method, headers, body, timeoutMs } =
      fullJob;
    const { retry, maxAgeSeconds, stopOn, success, keepResponse, isTraced, group } = fullJob;
    expect(jobs.get(one!.id)).toEqual({
      id: one!.id,
      revision: 1,
      schedule,
      timeZone,
      isRecurring,
      type,
      maxRetryCount,
      retry,
      maxAgeSeconds,
      stopOn,
      keepResponse,
      isTraced,
      group,
      success,
      api,
      method,
      headers,
      body,
      timeoutMs,
    });
  });

  test('findDispatchedJobs leaves out requests whose headers and body together are large', async () => {
    const text = (size: number) => JSON.stringify('x'.repeat(size - 2));
    const [small, large, byHeaders, compressed] = await insertJobs(
      pool,
      [
        newJob({ body: text(2_046) }),
        newJob({ body: text(2_047) }),
        newJob({ body: text(1_100), headers: { 'X-A': 'y'.repeat(1_000) } }),
        newJob({ body: `[${'{},'.repeat(300_000)}{}]` }),
      ],
      NOON,
    );
    const jobs = await findDispatchedJobs(
      pool,
      [small, large, byHeaders, compressed].map((job) => job!.id),
    );
    expect(jobs.get(small!.id)).toMatchObject({ headers: {}, body: text(2_046) });
    for (const job of [large, byHeaders, compressed])
      expect(jobs.get(job!.id)).toMatchObject({ headers: null, body: null });
    expect(await findJobRequests(pool, [compressed!.id])).toEqual([
      {
        jobId: compressed!.id,
        api: compressed!.api,
        method: 'POST',
        headers: {},
        body: compressed!.body,
      },
    ]);
  });
});
