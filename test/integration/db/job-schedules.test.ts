import { beforeEach, describe, expect, test } from 'vitest';
import {
  advanceSchedules,
  deleteSchedules,
  findSchedule,
  lockDueSchedules,
  lockDueSchedulesOfJobs,
  lockSchedules,
  setSchedules,
} from '../../../lib/db/job-schedules.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import {
  after,
  begin,
  dispatch,
  emptyTables,
  NOON,
  pool,
  storeJob,
  untilBlocked,
  ascending,
  useOwnDatabase,
} from './fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

async function storeJobs(...times: (Date | null)[]): Promise<number[]> {
  const ids: number[] = [];
  for (const nextExecutionTime of times) ids.push((await storeJob({ nextExecutionTime })).id);
  return ids;
}

const idsOf = (schedules: readonly { jobId: number }[]) => schedules.map((schedule) => schedule.jobId);

describe('lockDueSchedules', () => {
  test('lockDueSchedules locks schedules that are due by the horizon, the earliest first, up to the limit', async () => {
    const [late, early, , onTime] = await storeJobs(after(-1), after(-2), after(1), NOON, null);
    const { tx } = await begin();
    expect(idsOf(await lockDueSchedules(tx, { now: NOON, horizon: NOON }, 2))).toEqual([early, late]);
    expect(await lockDueSchedules(tx, { now: NOON, horizon: NOON }, 10)).toEqual([
      { jobId: early, nextExecutionTime: after(-2) },
      { jobId: late, nextExecutionTime: after(-1) },
      { jobId: onTime, nextExecutionTime: NOON },
    ]);
  });

  test('lockDueSchedules skips schedules that another tick locks, and finds them again when that tick dies', async () => {
    const ids = await storeJobs(NOON, NOON, NOON);
    const one = await begin();
    const two = await begin();
    const first = idsOf(await lockDueSchedules(one.tx, { now: NOON, horizon: NOON }, 2));
    const second = idsOf(await lockDueSchedules(two.tx, { now: NOON, horizon: NOON }, 10));
    expect(ascending([...first, ...second])).toEqual(ids);
    expect(first).toHaveLength(2);
    await one.tx.query('rollback; begin');
    expect(ascending(idsOf(await lockDueSchedules(two.tx, { now: NOON, horizon: NOON }, 10)))).toEqual(ids);
  });

  test('lockDueSchedules skips a job whose change locks the schedule', async () => {
    const [changing, other] = await storeJobs(NOON, NOON);
    const change = await begin();
    expect(await lockSchedules(change.tx, [changing!])).toEqual(new Map([[changing, NOON]]));
    const tick = await begin();
    expect(idsOf(await lockDueSchedules(tick.tx, { now: NOON, horizon: NOON }, 10))).toEqual([other]);
    expect(await lockDueSchedulesOfJobs(tick.tx, [changing!], { now: NOON, horizon: NOON }, 10)).toEqual([]);
  });

  test('lockDueSchedules locks only the schedules of the given jobs', async () => {
    const [due, , later] = await storeJobs(NOON, NOON, after(1));
    const { tx } = await begin();
    expect(await lockDueSchedulesOfJobs(tx, [due!, later!], { now: NOON, horizon: NOON }, 10)).toEqual([
      { jobId: due, nextExecutionTime: NOON },
    ]);
  });
});

describe('lockSchedules', () => {
  test('lockSchedules waits for the tick that locks the schedule, and returns the time the tick set', async () => {
    const [id] = await storeJobs(NOON);
    const tick = await begin();
    await lockDueSchedules(tick.tx, { now: NOON, horizon: NOON }, 1);
    const change = await begin();
    const seen = lockSchedules(change.tx, [id!]);
    await untilBlocked();
    await advanceSchedules(tick.tx, [{ jobId: id!, nextExecutionTime: after(60_000) }]);
    await tick.commit();
    expect(await seen).toEqual(new Map([[id, after(60_000)]]));
  });

  test('lockSchedules finds no schedule when the tick has ended it while the call waited', async () => {
    const [id] = await storeJobs(NOON);
    const tick = await begin();
    await lockDueSchedules(tick.tx, { now: NOON, horizon: NOON }, 1);
    const change = await begin();
    const seen = lockSchedules(change.tx, [id!]);
    await untilBlocked();
    await deleteSchedules(tick.tx, [id!]);
    await tick.commit();
    expect(await seen).toEqual(new Map());
  });
});

describe('a schedule in the database', () => {
  test('each schedule is advanced to its own next time', async () => {
    const [one, two, three] = await storeJobs(NOON, NOON, NOON);
    await advanceSchedules(pool, [
      { jobId: two!, nextExecutionTime: after(2) },
      { jobId: one!, nextExecutionTime: after(1) },
    ]);
    await advanceSchedules(pool, []);
    const schedules = await Promise.all([one, two, three].map((id) => findSchedule(pool, id!, NOON)));
    expect(schedules.map((schedule) => schedule?.nextExecutionTime)).toEqual([after(1), after(2), NOON]);
  });

  test('a schedule is deleted when it has no further occurrence', async () => {
    const [one, two] = await storeJobs(NOON, NOON);
    await deleteSchedules(pool, [one!]);
    await deleteSchedules(pool, []);
    expect(await findSchedule(pool, one!, NOON)).toMatchObject({ nextExecutionTime: null });
    expect(await findSchedule(pool, two!, NOON)).toMatchObject({ nextExecutionTime: NOON });
  });

  test('a schedule has the same next time as its job, even when its last occurrence is dispatched ahead', async () => {
    const [one] = await storeJobs(after(9));
    await dispatch(one!, after(1));
    await dispatch(one!, after(-1));
    await deleteSchedules(pool, [one!]);
    const expected = { id: one, jobId: one, nextExecutionTime: after(1), createdAt: NOON };
    expect(await findSchedule(pool, one!, NOON)).toEqual(expected);
    expect(await findJob(pool, one!, NOON)).toMatchObject({ nextExecutionTime: after(1) });
  });

  test('no schedule is found for a job that does not exist', async () => {
    expect(await findSchedule(pool, 4_711, NOON)).toBeUndefined();
  });

  test('a job has one schedule after it is set, whether it had one before or not', async () => {
    const [one, two] = await storeJobs(NOON, null);
    const before = await findSchedule(pool, one!, NOON);
    const times = [
      { jobId: two!, nextExecutionTime: after(2) },
      { jobId: one!, nextExecutionTime: after(1) },
    ];
    await setSchedules(pool, times, after(5));
    expect(await findSchedule(pool, one!, NOON)).toEqual({ ...before, nextExecutionTime: after(1) });
    expect(await findSchedule(pool, two!, NOON)).toMatchObject({
      nextExecutionTime: after(2),
      createdAt: after(5),
    });
  });
});
