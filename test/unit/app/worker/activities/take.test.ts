import { describe, expect, test } from 'vitest';
import { makeTake } from '../../../../../lib/app/worker/activities/take.ts';
import { toHeld } from '../../../../../lib/app/worker/held-execution.ts';
import { makeHeldOrigins } from '../../../../../lib/app/worker/held-origins.ts';
import { makeHeldWork } from '../../../../../lib/app/worker/held-work.ts';
import { makeInFlight } from '../../../../../lib/app/worker/in-flight.ts';
import { makeInHand } from '../../../../../lib/app/worker/in-hand.ts';
import { makeRunMode } from '../../../../../lib/app/worker/mode.ts';
import { makePace } from '../../../../../lib/app/worker/pace.ts';
import { makeRunDeadline } from '../../../../../lib/app/worker/run-deadline.ts';
import type { Queue } from '../../../../../lib/redis/queue.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

const WINDOW = 8;
const NOTHING = {
  taken: [],
  remainingDue: 0,
  mayWakeOthers: false,
  processing: 0,
  heldBack: { version: '', origins: [] },
};

function open() {
  const clock = new ManualClock();
  const requests: Parameters<Queue['take']>[0][] = [];
  const inFlight = makeInFlight({ maxInFlight: WINDOW });
  const deadline = makeRunDeadline(clock.nowMs() + 180_000);
  const heldOrigins = makeHeldOrigins({ maxRetryAfterMs: 60_000 });
  const held = makeHeldWork({ inFlight, heldOrigins, deadline, maxRequestMs: 1_000 });
  const inHand = makeInHand();
  const take = makeTake({
    queue: {
      take: async (request) => {
        requests.push(request);
        return NOTHING;
      },
    },
    clock,
    workerId: 'worker',
    mode: makeRunMode(() => {}),
    deadline,
    held,
    inHand,
    inFlight,
    heldOrigins,
    pace: makePace({ maxInFlight: WINDOW }),
    wakeOthers: { send: () => {}, settled: () => Promise.resolve() },
    strays: { counted: () => {}, areSuspected: () => false, giveBack: () => Promise.resolve() },
    settings: { maxInFlight: WINDOW, takeAheadMs: 3_200, jobsPerWakeUp: 100, maxFanOut: 20 },
  });
  const hold = (count: number, dueInMs: number): void =>
    held.add(
      Array.from({ length: count }, (_, id) =>
        toHeld({ id, dueMs: clock.nowMs() + dueInMs, payload: undefined }, clock.nowMs()),
      ),
    );
  /** Opens `count` requests, each to another host. */
  const fill = (count: number): void => {
    for (let host = 0; host < count; host += 1) {
      inFlight.admit({ host: `http://${host}.example`, payload: undefined }, clock.nowMs());
    }
  };
  const takeNow = async () => {
    await take.run(clock.nowMs());
    return requests.at(-1);
  };
  return { clock, take, held, inHand, hold, fill, takeNow };
}

describe('the take of a run', () => {
  test('a run that holds nothing takes work for its window, due or ahead', async () => {
    const { takeNow } = open();
    expect(await takeNow()).toMatchObject({ limit: WINDOW, aheadLimit: WINDOW });
  });

  test('a run that is full of work for later takes due work for the free half of its window, and none ahead', async () => {
    const { take, clock, hold, fill, takeNow } = open();
    hold(WINDOW, 3_000);
    fill(WINDOW / 2);
    expect(take.fromMs()).toBeLessThanOrEqual(clock.nowMs());
    expect(await takeNow()).toMatchObject({ limit: WINDOW / 2, aheadLimit: 0 });
    expect(take.fromMs()).toBe(clock.nowMs() + 200);
  });

  test('a run takes no due work for slots that its held due work will fill', async () => {
    const { take, hold, fill, takeNow } = open();
    hold(WINDOW / 2, 0);
    hold(WINDOW, 3_000);
    fill(WINDOW / 2);
    expect(take.fromMs()).toBe(Infinity);
    expect(await takeNow()).toBeUndefined();
  });

  test('a run that has work in hand takes further ahead than a run that has just been woken', async () => {
    const { clock, inHand, takeNow } = open();
    const aheadMs = async () => ((await takeNow())?.horizonMs ?? 0) - clock.nowMs();
    expect(await aheadMs()).toBe(3_200);
    inHand.add([1]);
    expect(await aheadMs()).toBe(3_600);
  });

  test('a burst to a host that has not answered yet takes the room that other work would take', async () => {
    const { clock, take, held, hold, takeNow } = open();
    hold(2 * WINDOW, 0);
    expect(held.admitDue(clock.nowMs(), clock.nowMs()).admitted).toHaveLength(6);
    expect(await takeNow()).toMatchObject({ limit: 2, aheadLimit: 0 });
    expect(take.fromMs()).toBe(clock.nowMs() + 200);
  });

  test('once a host has not answered in time, its executions take no room from other hosts', async () => {
    const { clock, held, hold, takeNow } = open();
    for (let burst = 0; burst < 2; burst += 1) {
      hold(2 * WINDOW, 0);
      held.admitDue(clock.nowMs(), clock.nowMs());
      await clock.advanceBy(250);
      if (burst === 0) expect(held.leaveToSnooze(clock.nowMs())).toHaveLength(10);
    }
    expect(held.size()).toBe(2 * WINDOW);
    expect(await takeNow()).toMatchObject({ limit: WINDOW, aheadLimit: WINDOW });
  });
});
