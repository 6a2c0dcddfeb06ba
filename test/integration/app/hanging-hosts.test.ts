import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeQueueRule } from '../../../lib/audit/queue-agrees/rule.ts';
import { runAudit } from '../../../lib/audit/run-audit.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { makeKeys } from '../../../lib/redis/keys.ts';
import { makeReadPlaces, makeReadUnknown } from '../../../lib/redis/places.ts';
import { aJob } from '../../support/a-job.ts';
import { compose } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import { startTarget, type Target } from '../../support/target.ts';
import { settingsAt } from '../audit/fixture.ts';
import { belfry, DUE, passTimeUntilOver, setUpWorker, target, TIMEOUT_MS } from './worker-fixture.ts';

setUpWorker();

/** One hanging host may hold six of these at first, while nothing is known of it. */
const WINDOW = 8;
const SHARE = 6;

/** A second target next to `target`, which hangs. */
let healthy: Target;
beforeEach(async () => {
  healthy = await startTarget();
  target.answerWith('hang');
});
afterEach(() => healthy.close());

/** A worker environment of its own, with its own knowledge of hosts. */
const openEnvironment = () => {
  const { runWorker } = compose({
    ...belfry.parts,
    settings: { ...belfry.settings, maxInFlight: WINDOW },
  });
  return { work: (forMs = TIMEOUT_MS) => runWorker(belfry.inMs(forMs)) };
};

const createJobs = (api: string, count: number, fields: Partial<NewJob> = {}) =>
  belfry.createJobs(
    Array.from({ length: count }, (_, place) =>
      aJob({
        schedule: DUE,
        isRecurring: false,
        api: `${api}/${place}`,
        timeoutMs: 60_000,
        maxRetryCount: 0,
        ...fields,
      }),
    ),
  );

/** The hanging requests end, and every later request is answered. */
const recover = (...hosts: Target[]): void => {
  for (const host of hosts) {
    host.answerWith(200);
    host.cut();
  }
};

const stats = () => belfry.queue.stats(belfry.clock.nowMs());

/** Waits until the work that the host has no room for is snoozed; the host's first second has to pass first. */
const snoozedCount = (count: number) =>
  until(async () => {
    await belfry.clock.advanceBy(100);
    return (await stats()).scheduled === count;
  });

const audit = async () => {
  const { redis, pool, clock, tag } = belfry;
  const keys = makeKeys(tag);
  const rule = makeQueueRule({
    readPlaces: makeReadPlaces(redis, keys),
    readUnknown: makeReadUnknown(redis, keys),
  });
  const [result] = await runAudit({ pool, clock, rules: [rule] }, settingsAt(clock.now()));
  return result!.findings;
};

describe('a host that hangs with more jobs than the window holds', () => {
  test('the jobs of other hosts are sent while one host hangs', async () => {
    await createJobs(target.url, 30);
    await createJobs(healthy.url, 30);
    await belfry.clock.advanceTo(DUE);
    const running = openEnvironment().work();
    await until(async () => {
      await belfry.clock.advanceBy(10);
      return healthy.requests.length === 30;
    });
    expect(target.requests).toHaveLength(SHARE);
    expect(await stats()).toMatchObject({ failed: 0 });
    recover(target);
    // All work of the hanging host is held or snoozed; the run may end before the last of it arrives.
    const { failed, succeeded } = await passTimeUntilOver(running);
    expect(failed).toBe(6);
    expect(succeeded).toBeGreaterThanOrEqual(30);
  });

  test('work that waits for a hanging host is snoozed, is not treated as lost, and agrees with PostgreSQL', async () => {
    await createJobs(target.url, 20);
    await belfry.clock.advanceTo(DUE);
    const running = openEnvironment().work();
    await until(() => target.requests.length === SHARE);
    await snoozedCount(20 - SHARE);
    expect(await stats()).toMatchObject({ ready: 0, scheduled: 14, processing: SHARE });
    expect(await belfry.runTick(belfry.inMs(50_000))).toMatchObject({ requeued: 0, overdue: 0 });
    await belfry.clock.advanceBy(15_000);
    // The worker may move some work while the test reads it.
    await until(async () => (await audit()).length === 0);
    recover(target);
    await passTimeUntilOver(running);
  });

  test('work that waits for a hanging host runs once each when the host answers', async () => {
    await createJobs(target.url, 30);
    await belfry.clock.advanceTo(DUE);
    const environment = openEnvironment();
    const running = environment.work();
    await until(() => target.requests.length === SHARE);
    // Long enough for each execution to be snoozed several times.
    await belfry.clock.advanceBy(20_000);
    await snoozedCount(30 - SHARE);
    recover(target);
    await passTimeUntilOver(running);
    await until(async () => {
      await belfry.clock.advanceBy(500);
      await passTimeUntilOver(environment.work());
      return target.requests.length === 30;
    });
    expect(new Set(target.requests.map(({ path }) => path)).size).toBe(30);
    expect(await stats()).toMatchObject({ ready: 0, scheduled: 0, processing: 0 });
  });

  test('a worker is woken at the end of a snooze, and has room for the snoozed work', async () => {
    await createJobs(target.url, 20);
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    const running = [openEnvironment().work()];
    await until(() => target.requests.length === SHARE);
    await snoozedCount(20 - SHARE);
    await until(async () => (await belfry.countWakeUps()) > 0);
    running.push(openEnvironment().work());
    await until(async () => {
      await belfry.clock.advanceBy(100);
      return target.requests.length === 2 * SHARE;
    });
    recover(target);
    await passTimeUntilOver(Promise.all(running));
  });

  test('a second host that hangs gets as many slots as the first, once its requests have ended', async () => {
    const other = await startTarget();
    other.answerWith('hang');
    try {
      await createJobs(target.url, 30);
      await belfry.clock.advanceTo(DUE);
      const running = openEnvironment().work();
      await until(() => target.requests.length === SHARE);
      await snoozedCount(24);
      const dueMs = Math.ceil(belfry.clock.nowMs() / 1_000) * 1_000 + 2_000;
      await createJobs(other.url, 30, { schedule: new Date(dueMs).toISOString() });
      await belfry.clock.advanceTo(dueMs);
      await until(() => other.requests.length === 1);
      target.cut();
      await until(async () => {
        await belfry.clock.advanceBy(100);
        return target.requests.length + other.requests.length === 2 * SHARE;
      });
      expect(target.requests.length - SHARE).toBeLessThanOrEqual(SHARE / 2);
      recover(target, other);
      await passTimeUntilOver(running);
    } finally {
      await other.close();
    }
  });
});

describe('a worker whose window is full', () => {
  test('a worker whose window is full releases waiting work for other workers', async () => {
    const trusted = await startTarget();
    try {
      const environment = openEnvironment();
      await createJobs(trusted.url, 1);
      await belfry.clock.advanceTo(DUE);
      await environment.work();
      trusted.answerWith('hang');
      const together = { schedule: '2030-03-04T10:00:06.000Z' };
      await createJobs(target.url, SHARE, together);
      // Taken ahead, while there is room.
      await createJobs(healthy.url, 1, { schedule: '2030-03-04T10:00:07.800Z' });
      await belfry.clock.advanceTo(together.schedule);
      const running = environment.work();
      await until(() => target.requests.length === SHARE);
      // One slot for its last response, and one as the first to a host of which nothing is known.
      const soon = { schedule: '2030-03-04T10:00:06.500Z' };
      await createJobs(trusted.url, 1, soon);
      await createJobs(healthy.url, 1, soon);
      healthy.answerWith('hang');
      await until(async () => {
        await belfry.clock.advanceBy(50);
        return trusted.requests.length + healthy.requests.length === 3;
      });
      expect(await stats()).toMatchObject({ ready: 0, processing: WINDOW + 1 });
      await until(async () => {
        await belfry.clock.advanceBy(50);
        const { ready, processing } = await stats();
        return ready === 1 && processing === WINDOW;
      });
      healthy.answerWith(200);
      expect(await openEnvironment().work()).toMatchObject({ succeeded: 1 });
      recover(target, trusted, healthy);
      await passTimeUntilOver(running);
    } finally {
      await trusted.close();
    }
  });
});

describe('a worker towards the end of its time', () => {
  test('towards the end of its time a worker sends nothing more to a hanging host, and sends to other hosts while their requests fit', async () => {
    await createJobs(target.url, 1, { timeoutMs: 500 });
    await belfry.clock.advanceTo(DUE);
    const environment = openEnvironment();
    const running = environment.work();
    await until(() => target.requests.length === 1);
    await belfry.clock.advanceBy(1_000);
    await running;
    const later = { schedule: '2030-03-04T10:00:08.000Z', timeoutMs: 5_000 };
    await createJobs(target.url, 1, later);
    await createJobs(healthy.url, 1, later);
    await belfry.clock.advanceTo(later.schedule);
    await environment.work(20_000);
    expect(healthy.requests).toHaveLength(1);
    expect(target.requests).toHaveLength(1);
    expect(await stats()).toMatchObject({ ready: 0, scheduled: 1, processing: 0 });
  });

  test('towards the end of its time a worker releases work that it has no time for, and wakes another worker', async () => {
    await createJobs(healthy.url, 3, { timeoutMs: 55_000 });
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    expect(await openEnvironment().work(60_000)).toMatchObject({ attempts: 0 });
    expect(await stats()).toMatchObject({ ready: 3, processing: 0 });
    expect(await belfry.countWakeUps()).toBeGreaterThan(0);
    expect(await openEnvironment().work()).toMatchObject({ succeeded: 3 });
  });
});
