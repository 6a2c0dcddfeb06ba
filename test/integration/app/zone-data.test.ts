import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAdoptZoneData } from '../../../lib/app/adopt-zone-data.ts';
import { readZoneData } from '../../../lib/db/zone-data.ts';
import { ZONE_DATA_VERSION } from '../../../lib/domain/schedule/time-zone.ts';
import { aJob } from '../../support/a-job.ts';
import { createBelfry, type Belfry } from '../../support/belfry.ts';

/** Since 1 November 2026 Winnipeg is at -05:00; by the data of 2026c it was at -06:00. */
const NINE_BY_OLD_DATA = '2026-12-01T15:00:00.000Z';
const NINE = '2026-12-01T14:00:00.000Z';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry('2026-11-30T20:00:00.000Z');
});
afterEach(() => belfry.close());

const tick = () => belfry.runTick(belfry.inMs(50_000));
const winnipeg = (schedule: string) => belfry.createJob(aJob({ schedule, timeZone: 'America/Winnipeg' }));
/** Acts as if code with the data of 2026c had stored the next time, and had been the only code so far. */
const storedByOldData = async (jobId: number, next: string): Promise<void> => {
  await belfry.pool.query('update job_schedules set next_execution_time = $2 where job_id = $1', [
    jobId,
    next,
  ]);
  await belfry.pool.query(`update time_zone_data set version = '2026c'`);
};
const nextTimeOf = async (jobId: number) => {
  const { rows } = await belfry.pool.query<{ next: Date }>(
    'select next_execution_time as next from job_schedules where job_id = $1',
    [jobId],
  );
  return rows[0]?.next.toISOString();
};

test('the first tick with newer time zone data moves the next times that their zone no longer contains', async () => {
  const daily = await winnipeg('0 9 * * *');
  const hourly = await winnipeg('0 * * * *');
  const interval = await winnipeg('@every 25h');
  const intervalTime = await nextTimeOf(interval.id);
  await storedByOldData(daily.id, NINE_BY_OLD_DATA);
  await tick();
  expect(await nextTimeOf(daily.id)).toBe(NINE);
  expect(await nextTimeOf(hourly.id)).toBe('2026-11-30T21:00:00.000Z');
  expect(await nextTimeOf(interval.id)).toBe(intervalTime);
  expect(await readZoneData(belfry.pool)).toMatchObject({
    version: ZONE_DATA_VERSION,
    passJobId: null,
    changedAt: new Date('2026-11-30T20:00:00Z'),
  });
});

test('a job whose next time was moved by newer zone data runs once, and not at its old instant', async () => {
  const job = await winnipeg('0 9 * * *');
  await storedByOldData(job.id, NINE_BY_OLD_DATA);
  await tick();
  for (const now of ['2026-12-01T13:59:00Z', '2026-12-01T14:59:00Z', '2026-12-01T16:00:00Z']) {
    await belfry.clock.advanceTo(now);
    await tick();
  }
  const executions = await belfry.executions(job.id);
  expect(executions.map(({ executionTime }) => executionTime.toISOString())).toEqual([NINE]);
  expect(await nextTimeOf(job.id)).toBe('2026-12-02T14:00:00.000Z');
});

test('an occurrence that passed unnoticed under the old zone data runs at once, and only once', async () => {
  const job = await winnipeg('0 9 * * *');
  await belfry.clock.advanceTo('2026-12-01T14:30:00Z');
  await storedByOldData(job.id, NINE_BY_OLD_DATA);
  await tick();
  await belfry.clock.advanceTo('2026-12-01T15:00:00Z');
  await tick();
  const executions = await belfry.executions(job.id);
  expect(executions.map(({ executionTime }) => executionTime.toISOString())).toEqual([NINE]);
});

test('next times of code with older zone data are moved ten minutes later, and such code moves nothing back', async () => {
  const job = await winnipeg('0 9 * * *');
  await tick();
  const { changedAt } = await readZoneData(belfry.pool);
  expect(changedAt).toBeNull();
  await belfry.pool.query('update job_schedules set next_execution_time = $2 where job_id = $1', [
    job.id,
    NINE_BY_OLD_DATA,
  ]);
  const adoptOld = makeAdoptZoneData({ ...belfry.parts, version: '2026c' });
  await adoptOld({ untilMs: belfry.clock.nowMs() + 5_000 });
  expect(await readZoneData(belfry.pool)).toMatchObject({ version: ZONE_DATA_VERSION });
  await belfry.clock.advanceTo('2026-11-30T20:09:00Z');
  await tick();
  expect(await nextTimeOf(job.id)).toBe(NINE_BY_OLD_DATA);
  await belfry.clock.advanceTo('2026-11-30T20:10:00Z');
  await tick();
  expect(await nextTimeOf(job.id)).toBe(NINE);
  await adoptOld({ untilMs: belfry.clock.nowMs() + 5_000 });
  expect(await nextTimeOf(job.id)).toBe(NINE);
});

test('a pass over the zone data that runs out of time continues with the next tick', async () => {
  const jobs = await belfry.createJobs(
    Array.from({ length: 501 }, () => aJob({ schedule: '0 9 * * *', timeZone: 'America/Winnipeg' })),
  );
  const last = jobs.at(-1)?.id ?? NaN;
  await storedByOldData(last, NINE_BY_OLD_DATA);
  // Time stands still during a batch, and runs out after the first one.
  let nowMs = belfry.clock.nowMs();
  const clock = { ...belfry.parts.clock, nowMs: () => (nowMs += 1), sleepUntil: async () => {} };
  const adopt = makeAdoptZoneData({ ...belfry.parts, clock, version: ZONE_DATA_VERSION });
  await adopt({ untilMs: nowMs + 4 });
  expect(await readZoneData(belfry.pool)).toMatchObject({ passJobId: jobs[499]?.id });
  expect(await nextTimeOf(last)).toBe(NINE_BY_OLD_DATA);
  await tick();
  expect(await nextTimeOf(last)).toBe(NINE);
  expect(await readZoneData(belfry.pool)).toMatchObject({ passJobId: null });
});

test('two ticks at the same time leave the pass over the zone data to one of them', async () => {
  const job = await winnipeg('0 9 * * *');
  await storedByOldData(job.id, NINE_BY_OLD_DATA);
  await Promise.all([tick(), tick()]);
  expect(await nextTimeOf(job.id)).toBe(NINE);
});

test('a failing pass over the zone data stops no dispatch', async () => {
  const job = await winnipeg('* * * * *');
  await belfry.pool.query('alter table time_zone_data rename to time_zone_data_away');
  expect(await tick()).toMatchObject({ failedParts: ['time zones'] });
  expect(await belfry.executions(job.id)).not.toEqual([]);
});
