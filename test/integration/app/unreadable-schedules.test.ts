import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOutlook } from '../../../lib/db/hibernation.ts';
import { aJob } from '../../support/a-job.ts';
import { createBelfry, type Belfry } from '../../support/belfry.ts';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry('2030-03-04T10:00:00.000Z');
});
afterEach(() => belfry.close());

const tick = () => belfry.runTick(belfry.inMs(50_000));
const setZone = (jobId: number, timeZone: string) =>
  belfry.pool.query('update jobs set time_zone = $2 where id = $1', [jobId, timeZone]);
const timesOf = async (jobId: number) =>
  (await belfry.executions(jobId)).map(({ executionTime }) => executionTime.toISOString().slice(11, 19));
const nextTimeOf = async (jobId: number) => {
  const { rows } = await belfry.pool.query<{ next: Date }>(
    'select next_execution_time as next from job_schedules where job_id = $1',
    [jobId],
  );
  return rows[0]?.next.toISOString().slice(11, 19);
};

test('a schedule that was unreadable for an hour continues from its true next time, by the misfire rule', async () => {
  const job = await belfry.createJob(aJob({ schedule: '0 5 * * * *' }));
  await setZone(job.id, 'Mars/Olympus');
  await belfry.clock.advanceTo('2030-03-04T10:04:10Z');
  expect(await tick()).toMatchObject({ schedules: 1, executions: 0 });
  expect(await nextTimeOf(job.id)).toBe('10:05:00');
  // Examined once an hour, not with every tick.
  await belfry.clock.advanceTo('2030-03-04T11:04:00Z');
  expect(await tick()).toMatchObject({ schedules: 0 });
  await setZone(job.id, 'UTC');
  await belfry.clock.advanceTo('2030-03-04T11:05:10Z');
  await tick();
  // The occurrence at 10:05 is SKIPPED.
  expect(await timesOf(job.id)).toEqual(['10:05:00', '11:05:00']);
  expect(await nextTimeOf(job.id)).toBe('12:05:00');
  await belfry.clock.advanceTo('2030-03-04T12:02:00Z');
  await tick();
  expect(await timesOf(job.id)).toEqual(['10:05:00', '11:05:00', '12:05:00']);
});

test('a schedule that becomes readable within minutes of its next time gets each of its occurrences', async () => {
  const job = await belfry.createJob(aJob({ schedule: '0 5 10 * * *' }));
  await setZone(job.id, 'Mars/Olympus');
  await belfry.clock.advanceTo('2030-03-04T10:02:00Z');
  await tick();
  await setZone(job.id, 'UTC');
  await belfry.pool.query('update job_schedules set unreadable_until = $1', [belfry.clock.now()]);
  await tick();
  expect(await timesOf(job.id)).toEqual(['10:05:00']);
});

test('a change of the job makes Belfry read its schedule again at once', async () => {
  const job = await belfry.createJob(aJob({ schedule: '0 5 * * * *' }));
  await setZone(job.id, 'Mars/Olympus');
  await belfry.clock.advanceTo('2030-03-04T10:04:00Z');
  await tick();
  await belfry.changeJob(job.id, { timeZone: 'UTC' });
  expect(await timesOf(job.id)).toEqual(['10:05:00']);
});

test('an unreadable schedule asks for a tick when it is examined again, and not before', async () => {
  const job = await belfry.createJob(aJob({ schedule: '0 5 10 * * *' }));
  await belfry.createJob(aJob({ schedule: '0 0 18 * * *' }));
  await setZone(job.id, 'Mars/Olympus');
  await belfry.clock.advanceTo('2030-03-04T10:04:00Z');
  await tick();
  expect((await readOutlook(belfry.pool)).nextDueAt).toEqual(new Date('2030-03-04T11:04:00Z'));
});
