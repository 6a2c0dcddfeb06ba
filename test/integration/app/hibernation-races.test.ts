import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDecidedHibernation } from '../../../lib/db/hibernation.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { inTransaction } from '../../../lib/db/transaction.ts';
import type { TickSchedule } from '../../../lib/eventbridge/tick-schedule.ts';
import { aJob } from '../../support/a-job.ts';
import { untilBlocked } from '../../support/until-blocked.ts';
import { createHibernating, MINUTE, START, type Hibernating } from './hibernation-fixture.ts';

let belfry: Hibernating;
beforeEach(async () => {
  belfry = await createHibernating();
});
afterEach(() => belfry.close());

const atNoon = aJob({ schedule: '2030-03-04T12:00:00Z', isRecurring: false });
const NOON = new Date('2030-03-04T12:00:00Z');

const expectTicking = async () => {
  expect(belfry.isMinuteTickOn()).toBe(true);
  expect(await belfry.read()).toMatchObject({ state: 'awake' });
};

describe('a tick that decides whether to hibernate, and a new job', () => {
  test('the tick stays awake for a job that is committed before its decision', async () => {
    const soon = { ...atNoon, nextExecutionTime: new Date(Date.parse(START) + 5 * MINUTE) };
    // The job is committed, but its creator has not yet checked whether ticks run.
    await insertJobs(belfry.pool, [soon], new Date(START));
    await belfry.tick();
    await expectTicking();
  });

  test('the tick stays awake for a job that is committed before the tick locks its row', async () => {
    const soon = { ...atNoon, nextExecutionTime: new Date(Date.parse(START) + 5 * MINUTE) };
    const creator = await belfry.pool.connect();
    await creator.query('begin');
    await readDecidedHibernation(creator);
    const ticking = belfry.tick();
    // The tick has looked for upcoming executions without a lock, and found none.
    await untilBlocked(belfry.pool);
    await insertJobs(belfry.pool, [soon], new Date(START));
    await creator.query('commit');
    creator.release(false);
    await ticking;
    await expectTicking();
  });

  test('the creator of a job that is committed between the decision and the lock waits and turns the tick on', async () => {
    const { pool } = belfry;
    const deciding = Promise.withResolvers<void>();
    const decided = Promise.withResolvers<void>();
    const paused: typeof pool = {
      ...pool,
      connect: async () => {
        const connection = await pool.connect();
        let changes = false;
        return {
          ...connection,
          query: async (statement, values) => {
            if (statement === 'commit' && changes) {
              deciding.resolve();
              await decided.promise;
            }
            changes ||= typeof statement !== 'string' && statement.name === 'change_hibernation';
            return connection.query(statement, values);
          },
        };
      },
    };
    const ticking = belfry.tick({ pool: paused });
    await deciding.promise;
    const creating = belfry.createJob(atNoon);
    await untilBlocked(belfry.pool);
    decided.resolve();
    await Promise.all([ticking, creating]);
    await expectTicking();
  });

  test('the creator of a job whose transaction stays open through the decision finds that Belfry hibernates', async () => {
    const asleep = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const { pool } = belfry;
    // The insertion finds that its commit is held up.
    const held: typeof pool = {
      ...pool,
      query: async (statement, values) => {
        if (typeof statement === 'string' || statement.name !== 'insert_jobs')
          return pool.query(statement, values);
        return inTransaction(pool, async (tx) => {
          const result = await tx.query<never>(statement, values);
          stored.resolve();
          await asleep.promise;
          return result;
        });
      },
    };
    const creating = belfry.withParts({ pool: held }).createJob(atNoon);
    await stored.promise;
    await belfry.tick();
    expect(await belfry.read()).toMatchObject({
      state: 'asleep',
      sleepsUntil: new Date('2030-03-04T22:00:00Z'),
    });
    asleep.resolve();
    await creating;
    await expectTicking();
  });

  test.each(['POST', 'PUT'])(
    'a job created while a hibernating tick waits for its %s leaves the minute tick on',
    async (method) => {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      belfry.server.intercept(async (call) => {
        if (call.method !== method || (method === 'PUT' && call.state !== 'DISABLED')) return undefined;
        arrived.resolve();
        await released.promise;
        return undefined;
      });
      const ticking = belfry.tick();
      await arrived.promise;
      await belfry.createJob(atNoon);
      // The creator must not turn the tick on while the deciding tick may still turn it off.
      expect(await belfry.read()).toMatchObject({ state: 'resuming' });
      released.resolve();
      await ticking;
      expect(belfry.server.done.filter((call) => call.startsWith('PUT'))).toEqual([
        'PUT tick ENABLED',
        'PUT tick DISABLED',
        'PUT tick ENABLED',
      ]);
      await expectTicking();
    },
  );
});

describe('two ticks at the same time', () => {
  test('two ticks at the same time hibernate once', async () => {
    await Promise.all([belfry.tick(), belfry.tick()]);
    expect(belfry.isMinuteTickOn()).toBe(false);
    expect(belfry.server.done.filter((call) => call.startsWith('PUT'))).toEqual(['PUT tick DISABLED']);
    expect(await belfry.read()).toMatchObject({ state: 'asleep', revision: 3 });
  });

  test('a tick leaves another tick alone that is about to hibernate', async () => {
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    belfry.server.intercept(async (call) => {
      if (call.state !== 'DISABLED') return undefined;
      arrived.resolve();
      await released.promise;
      return undefined;
    });
    const falling = belfry.tick();
    await arrived.promise;
    await belfry.tick();
    expect(await belfry.read()).toMatchObject({ state: 'falling_asleep' });
    released.resolve();
    await falling;
    expect(await belfry.read()).toMatchObject({ state: 'asleep' });
    expect(belfry.server.done.filter((call) => call.startsWith('PUT'))).toEqual(['PUT tick DISABLED']);
  });
});

describe('a tick that dies while it hibernates or wakes', () => {
  const dead = () => new Promise<never>(() => {});
  /** No later call of the tick gets through: its process is gone, not just in trouble. */
  const dyingAt = (operation: keyof TickSchedule, when: 'before' | 'after'): TickSchedule => {
    const { ticks } = belfry;
    return {
      ...ticks,
      [operation]: async (instant: Date) => {
        if (when === 'after') await ticks[operation](instant);
        died();
        return dead();
      },
    };
  };
  let died: () => void;

  const steps = [
    ['before the one-time tick exists', 'tickOnceAt', 'before'],
    ['after the one-time tick exists', 'tickOnceAt', 'after'],
    ['before the minute tick is off', 'switchOff', 'before'],
    ['when the minute tick is off', 'switchOff', 'after'],
  ] as const;

  const die = async (operation: keyof TickSchedule, when: 'before' | 'after') => {
    await belfry.createJob(atNoon);
    const death = Promise.withResolvers<void>();
    died = death.resolve;
    void belfry.tick({ ticks: dyingAt(operation, when) });
    await death.promise;
  };

  test.each(steps)(
    'a tick that dies %s is repaired by the next tick, and no job is late',
    async (_, operation, when) => {
      await die(operation, when);
      expect(await belfry.read()).toMatchObject({ state: 'falling_asleep' });
      if (belfry.isMinuteTickOn()) await belfry.clock.advanceBy(MINUTE);
      else await belfry.clock.advanceTo(`2030-03-04T${belfry.oneTimeTicks()[0]}Z`);
      await belfry.tick();
      const { state, sleepsUntil } = await belfry.read();
      expect({ state, isOn: belfry.isMinuteTickOn() }).toEqual(
        state === 'awake' ? { state, isOn: true } : { state: 'asleep', isOn: false },
      );
      expect(sleepsUntil === null || sleepsUntil.getTime() <= NOON.getTime() - 3 * MINUTE).toBe(true);
      await belfry.clock.advanceTo('2030-03-04T11:57:00Z');
      await belfry.tick();
      const [execution] = (
        await belfry.pool.query<{ at: Date }>('select execution_time as at from job_executions')
      ).rows;
      expect(execution?.at).toEqual(NOON);
      await expectTicking();
    },
  );

  test.each(steps)(
    'a tick that dies %s does not stop an earlier job from turning the tick on',
    async (_, operation, when) => {
      await die(operation, when);
      await belfry.clock.advanceBy(10 * MINUTE);
      await belfry.createJob(aJob({ schedule: '2030-03-04T11:00:00Z', isRecurring: false }));
      await expectTicking();
    },
  );

  test.each(steps)('a tick whose call fails %s leaves the minute tick on', async (_, operation, when) => {
    const { ticks } = belfry;
    const failing: TickSchedule = {
      ...ticks,
      [operation]: async (instant: Date) => {
        if (when === 'after') await ticks[operation](instant);
        throw new Error('no answer');
      },
    };
    expect(await belfry.tick({ ticks: failing })).toMatchObject({ isComplete: true });
    expect(belfry.logged).toEqual(['ticks_not_off']);
    expect(belfry.isMinuteTickOn()).toBe(true);
    await belfry.clock.advanceBy(MINUTE);
    await belfry.tick();
    expect(await belfry.read()).toMatchObject({ state: 'asleep' });
  });

  test('a tick that dies before its row says that Belfry hibernates is repaired by the next tick', async () => {
    const { pool } = belfry;
    const failing: typeof pool = {
      ...pool,
      query: (statement, values) =>
        typeof statement !== 'string' && statement.name === 'change_hibernation'
          ? belfry.unavailable()
          : pool.query(statement, values),
    };
    await belfry.tick({ pool: failing });
    expect(await belfry.read()).toMatchObject({ state: 'falling_asleep' });
    expect(belfry.isMinuteTickOn()).toBe(true);
    await belfry.clock.advanceBy(MINUTE);
    await belfry.tick();
    expect(await belfry.read()).toMatchObject({ state: 'asleep' });
  });
});
