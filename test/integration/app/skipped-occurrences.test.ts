import { describe, expect, test } from 'vitest';
import { compose } from '../../support/belfry.ts';
import { belfry, createMissing, setUpMissing, storedOf, tick } from './skipped-fixture.ts';

setUpMissing();

describe('occurrences that a misfire skips', () => {
  test('a tick records the occurrences that it skips, next to the one that it dispatches', async () => {
    const job = await createMissing();
    await belfry.clock.advanceTo('2030-03-04T15:09:30Z');
    expect(await tick()).toMatchObject({ schedules: 1, executions: 2 });
    expect(await storedOf(job.id)).toEqual([
      '29 from 10:10:00 to 14:50:00, by TICK',
      'SCHEDULED 15:00:00',
      'SCHEDULED 15:10:00',
    ]);
    await tick();
    expect(await storedOf(job.id)).toHaveLength(3);
  });

  test('a schedule that is at most five minutes behind skips nothing', async () => {
    const job = await createMissing({ schedule: '0 * * * * *' });
    await belfry.clock.advanceTo('2030-03-04T10:10:00Z');
    await tick();
    expect((await belfry.executions(job.id)).map(({ status }) => status)).not.toContain('SKIPPED');
  });

  test('a job that runs once is never skipped, even if it is hours late', async () => {
    const job = await createMissing({ schedule: '2030-03-04T10:30:00Z' });
    await belfry.clock.advanceTo('2030-03-04T10:36:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['SCHEDULED 10:30:00']);
  });

  test('an every-second job that is 60 days behind has an exact count, and the tick is quick', async () => {
    const job = await createMissing({ schedule: '* * * * * *' });
    await belfry.clock.advanceTo('2030-05-03T10:00:00Z');
    await tick();
    const [skipped] = (await storedOf(job.id)).filter((words) => words.includes('from'));
    // The first 240 s were dispatched when the job was created, and the latest occurrence runs.
    expect(skipped).toBe(`${60 * 86_400 - 240 - 1} from 10:04:01 to 09:59:59, by TICK`);
  });

  test('an interval skips from its own times', async () => {
    const job = await createMissing({ schedule: '@every 10m' });
    await belfry.clock.advanceTo('2030-03-04T11:05:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['5 from 10:10:00 to 10:50:00, by TICK', 'SCHEDULED 11:00:00']);
  });

  test('a change of the clock within the outage is counted by the clock of the job', async () => {
    const job = await createMissing({ schedule: '0 30 2 * * *', timeZone: 'Europe/Berlin' });
    await belfry.clock.advanceTo('2030-04-02T12:00:00Z');
    await tick();
    const skipped = (await belfry.executions(job.id)).find(({ status }) => status === 'SKIPPED');
    expect(await storedOf(job.id)).toContain('28 from 01:30:00 to 00:30:00, by TICK');
    expect(skipped?.executionTime.toISOString()).toBe('2030-04-01T00:30:00.000Z');
  });

  test('two ticks at once record skipped occurrences once', async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, () => createMissing()));
    await belfry.clock.advanceTo('2030-03-04T15:09:30Z');
    const small = compose({ ...belfry.parts, settings: { ...belfry.settings, schedulesPerBatch: 3 } });
    await Promise.all([small, small].map((one) => one.runTick(belfry.inMs(50_000))));
    for (const { id } of jobs) {
      const stored = await storedOf(id);
      expect(stored.filter((words) => words.startsWith('29 from'))).toHaveLength(1);
    }
  });

  test('a schedule that was unreadable for hours records what it missed', async () => {
    const job = await createMissing();
    await belfry.pool.query(`update jobs set time_zone = 'Mars/Olympus' where id = $1`, [job.id]);
    await belfry.clock.advanceTo('2030-03-04T12:00:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual([]);
    await belfry.pool.query(`update jobs set time_zone = 'UTC' where id = $1`, [job.id]);
    await belfry.clock.advanceTo('2030-03-04T13:01:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['17 from 10:10:00 to 12:50:00, by TICK', 'SCHEDULED 13:00:00']);
  });

  test('a stored next time that the schedule no longer has is skipped as one occurrence', async () => {
    const job = await createMissing();
    await belfry.pool.query(`update jobs set schedule = '0 0 12 * * *' where id = $1`, [job.id]);
    await belfry.clock.advanceTo('2030-03-04T12:01:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual(['1 from 10:10:00 to 10:10:00, by TICK', 'SCHEDULED 12:00:00']);
  });

  test('the batch that continues a limited one skips no occurrence', async () => {
    const job = await createMissing({ schedule: '0 * * * * *' });
    await belfry.clock.advanceTo('2030-03-04T15:00:10Z');
    const limited = compose({ ...belfry.parts, settings: { ...belfry.settings, occurrencesPerSchedule: 2 } });
    await limited.runTick(belfry.inMs(50_000));
    expect((await storedOf(job.id)).slice(-6)).toEqual([
      '295 from 10:05:00 to 14:59:00, by TICK',
      ...[0, 1, 2, 3, 4].map((minute) => `SCHEDULED 15:0${minute}:00`),
    ]);
  });

  test('an occurrence that a caller cancelled ahead keeps its execution, and the earlier occurrences are recorded', async () => {
    const job = await createMissing();
    await belfry.clock.advanceTo('2030-03-04T10:08:00Z');
    await tick();
    const [ahead] = await belfry.executions(job.id);
    await belfry.cancelExecution(ahead?.id ?? 0);
    // As if that tick had not advanced the schedule, and another one had come after its limit.
    await belfry.pool.query(
      `update job_schedules set next_execution_time = '2030-03-04T09:50:00Z' where job_id = $1`,
      [job.id],
    );
    await belfry.clock.advanceTo('2030-03-04T10:21:00Z');
    await tick();
    expect(await storedOf(job.id)).toEqual([
      '2 from 09:50:00 to 10:00:00, by TICK',
      'CANCELLED 10:10:00',
      'SCHEDULED 10:20:00',
    ]);
  });
});

describe('a change of a job that is behind', () => {
  const BEHIND = '2030-03-04T15:09:30Z';
  const recorded = '29 from 10:10:00 to 14:50:00, by API';

  test.each([
    ['a pause', (id: number) => belfry.changeJob(id, { isActive: false })],
    ['a new schedule', (id: number) => belfry.changeJob(id, { schedule: '0 0 18 * * *' })],
    ['a deletion', (id: number) => belfry.deleteJob(id)],
  ])('%s records the occurrences that were missed before it', async (_, change) => {
    const job = await createMissing();
    await belfry.clock.advanceTo(BEHIND);
    await change(job.id);
    expect((await storedOf(job.id)).slice(0, 2)).toEqual([recorded, 'SCHEDULED 15:00:00']);
    await tick();
    expect(await storedOf(job.id)).toHaveLength(2);
  });

  test('a job misses no occurrences while it is paused', async () => {
    const job = await createMissing();
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.clock.advanceTo(BEHIND);
    await belfry.changeJob(job.id, { isActive: true });
    await tick();
    expect(await storedOf(job.id)).toEqual(['SCHEDULED 15:10:00']);
  });
});

test('more skipped occurrences of a group than an integer holds are counted', async () => {
  await createMissing({ schedule: '* * * * * *', group: 'many' });
  await belfry.pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at)
     select id, '1970-01-01', $1 from jobs
         on conflict (job_id) do update set next_execution_time = '1970-01-01'`,
    [belfry.clock.now()],
  );
  const second = await createMissing({ schedule: '* * * * * *', group: 'many' });
  await belfry.pool.query(`update job_schedules set next_execution_time = '1970-01-01' where job_id = $1`, [
    second.id,
  ]);
  await belfry.clock.advanceTo('2030-03-04T15:00:00Z');
  await tick();
  const { rows } = await belfry.pool.query<{ executions: number }>(
    `select executions from outcome_counts where period_seconds = 86400 and series = 'group:many' and status = 'SKIPPED'`,
  );
  // The look-ahead of the creation dispatched 240 occurrences of each job.
  expect(rows[0]?.executions).toBe(2 * (Date.parse('2030-03-04T15:00:00Z') / 1_000 - 240));
});
