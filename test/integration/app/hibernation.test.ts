import { lockFolds } from '../../../lib/db/fold-outcomes.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aJob } from '../../support/a-job.ts';
import { createHibernating, MINUTE, START, type Hibernating } from './hibernation-fixture.ts';

let belfry: Hibernating;
beforeEach(async () => {
  belfry = await createHibernating();
});
afterEach(() => belfry.close());

const onceAt = (time: string) => aJob({ schedule: `2030-03-04T${time}Z`, isRecurring: false });

describe('a tick that may hibernate', () => {
  test('a tick hibernates for 12 hours when nothing is due later', async () => {
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(false);
    expect(belfry.oneTimeTicks()).toEqual(['22:00:00']);
    expect(await belfry.read()).toMatchObject({
      state: 'asleep',
      sleepsUntil: new Date('2030-03-04T22:00:00Z'),
      settlesAt: null,
    });
  });

  test('a tick turns the minute tick off only after the one-time tick exists', async () => {
    await belfry.tick();
    const changes = belfry.server.done.filter((call) => !call.startsWith('GET'));
    expect(changes).toEqual(['POST tick-at-20300304T220000 ENABLED', 'PUT tick DISABLED']);
  });

  test('a tick hibernates until shortly before the next job is due', async () => {
    await belfry.createJob(onceAt('11:00:00'));
    await belfry.tick();
    expect(belfry.oneTimeTicks()).toEqual(['10:55:00']);
  });

  test('sleep skips nothing, and a one-time tick that comes hours late records what it missed', async () => {
    const { id } = await belfry.createJob(aJob({ schedule: '0 0 12-23 * * *' }));
    const skippedCounts = async () => {
      const { rows } = await belfry.pool.query<{ count: number }>(
        `select skipped_count as count from job_executions where job_id = $1 and status = 'SKIPPED'`,
        [id],
      );
      return rows.map(({ count }) => count);
    };
    await belfry.tick();
    expect(belfry.oneTimeTicks()).toEqual(['11:55:00']);
    await belfry.clock.advanceTo('2030-03-04T11:57:00Z');
    await belfry.tick();
    expect(await belfry.dispatched(id)).toEqual(['12:00:00']);
    expect(await skippedCounts()).toEqual([]);
    await belfry.clock.advanceTo('2030-03-04T16:30:00Z');
    await belfry.tick();
    expect(await skippedCounts()).toEqual([3]);
  });

  test('a tick stays awake when something is due within 15 minutes', async () => {
    await belfry.createJob(onceAt('10:14:59'));
    await belfry.tick();
    expect(belfry.server.done).toEqual([]);
    expect(await belfry.read()).toMatchObject({ state: 'awake', revision: 1 });
  });

  test.each(['SCHEDULED', 'RETRYING', 'RUNNING'])(
    'a tick stays awake while an execution is %s',
    async (status) => {
      await belfry.pool.query(
        `insert into job_executions (job_id, job_revision, status, execution_time, due_at, claim_token,
                                   lease_expires_at, created_at, updated_at)
       values (1, 1, $1, $2, $2, case when $1 = 'RUNNING' then gen_random_uuid() end,
               case when $1 = 'RUNNING' then $2::timestamptz + interval '1 hour' end, $2, $2)`,
        [status, new Date(START)],
      );
      await belfry.tick();
      expect(belfry.isMinuteTickOn()).toBe(true);
    },
  );

  test('a tick stays awake until the latest outcomes are in the statistics', async () => {
    await belfry.pool.query(`insert into outcome_batches values ($1, null, 'SUCCESS', 1, '{1}', '{1}')`, [
      belfry.clock.now(),
    ]);
    const other = await belfry.pool.connect();
    await other.query('begin');
    await lockFolds(other);
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(true);
    await other.query('rollback');
    other.release(false);
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(false);
  });

  test('a delayed tick that runs just after Belfry hibernated changes nothing', async () => {
    await belfry.tick();
    const { revision } = await belfry.read();
    await belfry.clock.advanceBy(MINUTE);
    await belfry.tick();
    expect(await belfry.read()).toMatchObject({ state: 'asleep', revision });
    expect(belfry.isMinuteTickOn()).toBe(false);
  });

  test('a tick hibernates again when ticks still arrive after the minute tick was turned off', async () => {
    await belfry.tick();
    await belfry.ticks.switchOn();
    await belfry.clock.advanceBy(4 * MINUTE);
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(false);
    // The one-time tick of the previous hibernation is gone.
    expect(belfry.oneTimeTicks()).toEqual(['22:04:00']);
  });

  test('a tick that is almost out of time does not hibernate', async () => {
    await belfry.runTick(belfry.inMs(19_000));
    expect(belfry.server.done).toEqual([]);
  });
});

describe('the one-time tick', () => {
  test('the one-time tick turns the minute tick on and dispatches everything due before the first minute tick', async () => {
    const [near, further] = [
      await belfry.createJob(onceAt('11:00:00')),
      await belfry.createJob(onceAt('11:01:00')),
    ];
    await belfry.tick();
    // The one-time schedule is up to a minute late.
    await belfry.clock.advanceTo('2030-03-04T10:56:00Z');
    belfry.dropOneTimeTicks();
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(true);
    expect(await belfry.read()).toMatchObject({ state: 'awake', sleepsUntil: null });
    expect(await belfry.dispatched(near.id)).toEqual(['11:00:00']);
    expect(await belfry.dispatched(further.id)).toEqual(['11:01:00']);
  });

  test('the one-time tick is renewed when nothing is due yet, with the minute tick on in between', async () => {
    await belfry.tick();
    await belfry.clock.advanceTo('2030-03-04T22:00:20Z');
    belfry.dropOneTimeTicks();
    belfry.server.done.length = 0;
    await belfry.tick();
    expect(belfry.server.done.filter((call) => !call.startsWith('GET'))).toEqual([
      'PUT tick ENABLED',
      'POST tick-at-20300305T100020 ENABLED',
      'PUT tick DISABLED',
    ]);
    expect(await belfry.read()).toMatchObject({ state: 'asleep' });
  });

  test('the one-time tick of an ended hibernation still makes sure that the minute tick is on', async () => {
    await belfry.createJob(onceAt('11:00:00'));
    await belfry.tick();
    await belfry.createJob(onceAt('10:05:00'));
    expect(await belfry.read()).toMatchObject({
      state: 'awake',
      sleepsUntil: new Date('2030-03-04T10:55:00Z'),
    });
    // An update that was taken for lost takes effect.
    await belfry.ticks.switchOff();
    await belfry.clock.advanceTo('2030-03-04T10:57:30Z');
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(true);
  });

  test('the one-time tick waits for a database that is starting', async () => {
    await belfry.tick();
    await belfry.clock.advanceTo('2030-03-04T22:00:00Z');
    let refusals = 3;
    const starting: typeof belfry.pool = {
      ...belfry.pool,
      query: async (...args) => {
        if (refusals > 0) {
          refusals -= 1;
          await belfry.unavailable();
        }
        return belfry.pool.query(...args);
      },
    };
    const ticking = belfry.tick({ pool: starting });
    for (let second = 0; second < 3; second += 1) await belfry.clock.advanceBy(1_000);
    expect(refusals).toBe(0);
    expect(await ticking).toMatchObject({ isComplete: true });
  });

  test('a one-time tick that fails has already turned the minute tick on', async () => {
    await belfry.tick();
    await belfry.clock.advanceTo('2030-03-04T22:00:00Z');
    const gone: typeof belfry.pool = { ...belfry.pool, query: () => belfry.unavailable() };
    const ticking = belfry.tick({ pool: gone });
    const failed = expect(ticking).rejects.toThrow('PostgreSQL');
    for (let second = 0; second < 30; second += 1) await belfry.clock.advanceBy(1_000);
    await failed;
    expect(belfry.isMinuteTickOn()).toBe(true);
  });

  test('the one-time tick dispatches due jobs when EventBridge Scheduler fails, and then fails, so that it is retried', async () => {
    const job = await belfry.createJob(onceAt('11:00:00'));
    await belfry.tick();
    await belfry.clock.advanceTo('2030-03-04T10:57:30Z');
    belfry.server.intercept(() => ({ status: 500, code: 'InternalServerException' }));
    await expect(belfry.tick()).rejects.toThrow('EventBridge Scheduler');
    expect(await belfry.dispatched(job.id)).toEqual(['11:00:00']);
    belfry.server.intercept(() => undefined);
    await belfry.clock.advanceBy(MINUTE);
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(true);
    expect(await belfry.read()).toMatchObject({ state: 'awake' });
  });
});
