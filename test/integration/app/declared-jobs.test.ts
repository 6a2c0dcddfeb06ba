import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findJob } from '../../../lib/db/jobs.ts';
import { createDeclaring, type Declaring } from './declared-jobs-fixture.ts';

let belfry: Declaring;
beforeEach(async () => {
  belfry = await createDeclaring();
});
afterEach(() => belfry.close());

const read = (id: number) => findJob(belfry.pool, id, belfry.clock.now());
const statuses = async (id: number) => (await belfry.executions(id)).map(({ status }) => status);

describe('a declared job', () => {
  test('a declared job is created under the name of its declaration', async () => {
    const id = await belfry.create('nightly', { schedule: '0 30 2 * * *' });
    expect(await read(id)).toMatchObject({
      name: 'nightly',
      schedule: '0 30 2 * * *',
      isActive: true,
      nextExecutionTime: new Date('2030-03-05T02:30:00Z'),
    });
    expect(await belfry.names()).toEqual([{ name: 'nightly', jobId: id }]);
  });

  test('a declared job is dispatched at once when it is due before the next tick', async () => {
    const id = await belfry.create('soon', { schedule: '2030-03-04T10:00:30Z' });
    expect(await statuses(id)).toEqual(['SCHEDULED']);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
    expect(await belfry.countWakeUps()).toBe(1);
  });

  test('repeated declarations keep one job, as the last of them describes it', async () => {
    const id = await belfry.create('nightly', { schedule: '@daily', maxRetryCount: 7 });
    expect(await belfry.create('nightly', { schedule: '@daily', maxRetryCount: 7 })).toBe(id);
    expect(await belfry.create('nightly', { schedule: '@hourly' })).toBe(id);
    expect(await belfry.jobs()).toEqual([{ id, name: 'nightly', isDeleted: false }]);
    expect(await read(id)).toMatchObject({ schedule: '@hourly', maxRetryCount: 3 });
  });

  test('a field that its declaration no longer has returns to its default', async () => {
    const full = {
      name: 'for people',
      description: 'a report',
      schedule: '0 9 * * *',
      timeZone: 'Europe/Berlin',
      method: 'PUT',
      headers: { 'X-Tag': 'a' },
      body: { a: 1 },
      type: 'AT_MOST_ONCE',
      isRecurring: false,
      maxRetryCount: 0,
      timeoutMs: 5,
      isActive: false,
    };
    const id = await belfry.create('nightly', full);
    expect(await read(id)).toMatchObject({ ...full, body: '{"a":1}' });
    await belfry.update('nightly', { schedule: '0 9 * * *' });
    expect(await read(id)).toMatchObject({
      name: 'nightly',
      description: null,
      timeZone: 'UTC',
      method: 'POST',
      headers: {},
      body: 'null',
      type: 'AT_LEAST_ONCE',
      isRecurring: true,
      maxRetryCount: 3,
      timeoutMs: 30_000,
      isActive: true,
      nextExecutionTime: new Date('2030-03-05T09:00:00Z'),
    });
  });

  test('a declaration overwrites a change that was made through the API', async () => {
    const id = await belfry.create('nightly', { schedule: '@daily' });
    await belfry.changeJob(id, { schedule: '@hourly', isActive: false, name: 'mine' });
    await belfry.update('nightly', { schedule: '@daily' });
    expect(await read(id)).toMatchObject({ schedule: '@daily', isActive: true, name: 'nightly' });
  });

  test('a declaration creates its job again when it was deleted through the API', async () => {
    const id = await belfry.create('nightly', { schedule: '@daily' });
    await belfry.deleteJob(id);
    const other = await belfry.update('nightly', { schedule: '@daily' });
    expect(await belfry.jobs()).toEqual([
      { id, name: 'nightly', isDeleted: true },
      { id: other, name: 'nightly', isDeleted: false },
    ]);
    expect(await belfry.names()).toEqual([{ name: 'nightly', jobId: other }]);
    expect(await belfry.update('nightly', { schedule: '@hourly' })).toBe(other);
  });

  test('a declaration never takes over a job that has the same name by chance', async () => {
    const job = await read(await belfry.create('other', { schedule: '@daily', name: 'nightly' }));
    const id = await belfry.create('nightly', { schedule: '@daily' });
    expect(id).not.toBe(job?.id);
    await belfry.remove('nightly');
    expect(await read(job?.id ?? 0)).toEqual(job);
  });
});

describe('executions of a declared job that were dispatched ahead', () => {
  const soon = { schedule: '0 1,31 10 * * *', body: 'old' };

  test('executions dispatched ahead stay when the schedule stays, and are sent as the job is now', async () => {
    const id = await belfry.create('soon', { ...soon, schedule: '30 0 10 * * *' });
    const before = await belfry.executions(id);
    expect(before).toMatchObject([{ status: 'SCHEDULED' }]);
    const next = await belfry.pool.query('select * from job_schedules');
    await belfry.clock.advanceBy(5_000);
    await belfry.update('soon', { ...soon, schedule: '30 0 10 * * *', body: 'new', description: 'changed' });
    expect(await belfry.executions(id)).toEqual(before);
    expect((await belfry.pool.query('select * from job_schedules')).rows).toEqual(next.rows);
  });

  test('executions dispatched ahead stay for an unchanged interval, which keeps its phase', async () => {
    const id = await belfry.create('pulse', { schedule: '@every 30s' });
    const before = await belfry.executions(id);
    expect(before.length).toBeGreaterThan(0);
    await belfry.clock.advanceBy(7_000);
    await belfry.update('pulse', { schedule: '@every 30s', timeoutMs: 5 });
    await belfry.runTick(belfry.inMs(50_000));
    const times = (await belfry.executions(id)).map(({ executionTime }) => executionTime.getTime());
    const first = times[0] ?? 0;
    expect(times).toEqual(times.map((_, index) => first + index * 30_000));
    expect(new Set(await statuses(id))).toEqual(new Set(['SCHEDULED']));
  });

  test('executions dispatched ahead are taken back when the schedule changes', async () => {
    const id = await belfry.create('soon', { schedule: '30 0 10 * * *' });
    await belfry.update('soon', { schedule: '40 0 10 * * *' });
    expect(await belfry.executions(id)).toMatchObject([
      { status: 'CANCELLED', executionTime: new Date('2030-03-04T10:00:30Z') },
      { status: 'SCHEDULED', executionTime: new Date('2030-03-04T10:00:40Z') },
    ]);
  });

  test('executions dispatched ahead are taken back when the declaration is removed', async () => {
    const id = await belfry.create('soon', { schedule: '30 0 10 * * *' });
    await belfry.remove('soon');
    expect(await statuses(id)).toEqual(['CANCELLED']);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 0 });
  });
});

describe('a declaration that is removed', () => {
  test('removing a declaration removes its name and its job, and keeps the history', async () => {
    const id = await belfry.create('nightly', { schedule: '@daily' });
    expect(await belfry.remove('nightly')).toEqual({ PhysicalResourceId: 'belfry-job:nightly' });
    expect(await belfry.jobs()).toEqual([{ id, name: 'nightly', isDeleted: true }]);
    expect(await belfry.names()).toEqual([]);
  });

  test('removing a declaration twice, or one that never existed, succeeds', async () => {
    await belfry.create('nightly', { schedule: '@daily' });
    await belfry.remove('nightly');
    await belfry.remove('nightly');
    await belfry.remove('never');
    expect(await belfry.names()).toEqual([]);
  });

  test('removing a declaration succeeds when its job was deleted through the API', async () => {
    await belfry.deleteJob(await belfry.create('nightly', { schedule: '@daily' }));
    await belfry.remove('nightly');
    expect(await belfry.names()).toEqual([]);
  });

  test('removing the old name of a declaration leaves the job under the new name', async () => {
    const old = await belfry.create('nightly', { schedule: '@daily' });
    const renamed = await belfry.update('weekly', { schedule: '@daily' });
    await belfry.remove('nightly');
    expect(await belfry.jobs()).toEqual([
      { id: old, name: 'nightly', isDeleted: true },
      { id: renamed, name: 'weekly', isDeleted: false },
    ]);
    expect(await belfry.names()).toEqual([{ name: 'weekly', jobId: renamed }]);
  });

  test('a removed declaration can be declared again', async () => {
    await belfry.create('nightly', { schedule: '@daily' });
    await belfry.remove('nightly');
    const id = await belfry.create('nightly', { schedule: '@daily' });
    expect(await read(id)).toMatchObject({ name: 'nightly', isActive: true });
  });
});

describe('a declared one-time job whose instant has passed', () => {
  const AT = '2030-03-04T10:00:30Z';
  const PASSED = `job "launch": schedule: ${AT} is in the past; use an instant in the future`;
  const after = () => belfry.clock.advanceTo('2030-03-04T11:00:00Z');

  test('a passed instant is an error for a new name, as in the API', async () => {
    await after();
    await expect(belfry.create('launch', { schedule: AT })).rejects.toThrow(PASSED);
    expect(await belfry.names()).toEqual([]);
    expect(await belfry.jobs()).toEqual([]);
  });

  test('a passed instant is not an error when another field changes', async () => {
    const id = await belfry.create('launch', { schedule: AT });
    await after();
    expect(await belfry.update('launch', { schedule: AT, timeoutMs: 5 })).toBe(id);
    expect(await belfry.create('launch', { schedule: AT, timeoutMs: 6 })).toBe(id);
    expect(await read(id)).toMatchObject({ timeoutMs: 6, isActive: true, nextExecutionTime: null });
  });

  test('a passed instant is not an error when the job becomes active again', async () => {
    const id = await belfry.create('launch', { schedule: AT, isActive: false });
    await after();
    await belfry.update('launch', { schedule: AT });
    expect(await read(id)).toMatchObject({ isActive: true, nextExecutionTime: null });
    expect(await belfry.executions(id)).toEqual([]);
  });

  test('a passed instant is not an error when the job was deleted through the API', async () => {
    await belfry.deleteJob(await belfry.create('launch', { schedule: AT }));
    await after();
    const id = await belfry.update('launch', { schedule: AT, timeoutMs: 5 });
    expect(await read(id)).toMatchObject({ isActive: true, nextExecutionTime: null });
  });

  test('a passed instant is an error when it is new to the job', async () => {
    const id = await belfry.create('launch', { schedule: '@daily' });
    await after();
    await expect(belfry.update('launch', { schedule: AT })).rejects.toThrow(PASSED);
    expect(await read(id)).toMatchObject({ schedule: '@daily' });
    await belfry.deleteJob(id);
    await expect(belfry.update('launch', { schedule: AT })).rejects.toThrow(PASSED);
  });

  test('a rollback of CloudFormation to a passed instant succeeds, and takes the upcoming executions back', async () => {
    const id = await belfry.create('launch', { schedule: AT });
    await after();
    await belfry.pool.query(`update job_executions set status = 'SUCCESS'`);
    await belfry.update('launch', { schedule: '20 0 11,12 * * *' });
    await belfry.update('launch', { schedule: AT });
    expect(await read(id)).toMatchObject({ schedule: AT, nextExecutionTime: null });
    expect(await statuses(id)).toEqual(['SUCCESS', 'CANCELLED']);
    const { rows } = await belfry.pool.query('select * from job_schedules');
    expect(rows).toEqual([]);
  });

  test('a passed instant stays an error in the API', async () => {
    const id = await belfry.create('launch', { schedule: AT, isActive: false });
    await after();
    await expect(belfry.changeJob(id, { isActive: true })).rejects.toThrow('has no time in the future');
  });
});
