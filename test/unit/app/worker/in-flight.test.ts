import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeInFlight, type InFlight, type Slot } from '../../../../lib/app/worker/in-flight.ts';

const WINDOW = 100;

/** An execution with a small request to the host. */
const to = (host: string) => ({
  host,
  payload: {
    jobId: 1,
    revision: 1,
    executionTimeMs: 0,
    url: host,
    method: 'GET' as const,
    type: 'AT_LEAST_ONCE' as const,
    maxRetryCount: 0,
    timeoutMs: 1_000,
    content: { headers: {}, body: null },
  },
});
const unknown = { host: undefined, payload: undefined };

const open = () => makeInFlight({ maxInFlight: WINDOW });

/** Sends as many as are admitted, `count` at most. */
function send(window: InFlight, host: string, count: number, nowMs: number): Slot[] {
  const slots: Slot[] = [];
  for (let sent = 0; sent < count; sent++) {
    const slot = window.admit(to(host), nowMs);
    if (slot === undefined) break;
    window.sent(slot, nowMs);
    slots.push(slot);
  }
  return slots;
}

const end = (window: InFlight, slots: readonly Slot[], nowMs: number): void =>
  slots.forEach((slot) => window.end(slot, nowMs, 'ended'));

test('a window admits as many claims ahead as it may, and asks for the next ones once half of them are gone', () => {
  let claimAhead = 20;
  const window = makeInFlight({ maxInFlight: WINDOW, claimAhead: () => claimAhead });
  const prompt = send(window, 'a', 50, 0);
  end(window, prompt, 10);
  for (let n = 0; n < 2; n++) end(window, send(window, 'a', 60, 20), 30);
  const admitted = Array.from({ length: WINDOW + 25 }, () => window.admit(to('a'), 40)).filter(
    (slot) => slot !== undefined,
  );
  expect([admitted.length, window.isFull(), window.hasRoom()]).toEqual([120, true, false]);
  admitted.splice(0, 10).forEach(window.free);
  expect([window.isFull(), window.hasRoom()]).toEqual([false, false]);
  window.free(admitted.pop()!);
  expect(window.hasRoom()).toBe(true);
  claimAhead = 0;
  expect([window.isFull(), window.hasRoom()]).toEqual([true, false]);
});

describe('a window of requests that hosts share', () => {
  test('a burst to an unknown host gets three quarters of it, and all once the host answers', () => {
    const window = open();
    const first = send(window, 'a', WINDOW, 0);
    expect(first).toHaveLength(75);
    end(window, first.slice(0, 30), 20);
    expect(send(window, 'a', 55, 20)).toHaveLength(55);
    expect(window.count()).toBe(WINDOW);
  });

  test('a host that answers at once may use all of it', () => {
    const window = open();
    let out = send(window, 'a', 50, 0);
    for (let nowMs = 100; nowMs <= 3_000; nowMs += 100) {
      end(window, out, nowMs);
      out = send(window, 'a', WINDOW, nowMs);
    }
    expect(out).toHaveLength(WINDOW);
  });

  test.each([1, 20, 74])(
    '%i hosts that hang, called once at a time, hold three quarters together, and one host half of that',
    (hosts) => {
      const window = open();
      for (let nowMs = 0; nowMs < 20_000; nowMs += 100) {
        for (let host = 0; host < hosts; host++) send(window, `dead-${host}`, 1, nowMs);
      }
      // Hosts of which nothing is known yet get one request more each, up to seven eighths.
      expect(window.count()).toBeGreaterThanOrEqual(hosts === 1 ? 37 : 75);
      expect(window.count()).toBeLessThanOrEqual([37, 75, 87][hosts === 1 ? 0 : hosts < 74 ? 1 : 2] ?? 0);
    },
  );

  test('a host that is seldom called and answers has room next to hosts that hang', () => {
    const window = open();
    send(window, 'dead', WINDOW, 0);
    end(window, send(window, 'seldom', 1, 500), 600);
    for (let nowMs = 60_000; nowMs < 600_000; nowMs += 60_000) {
      const slots = send(window, 'seldom', 5, nowMs);
      expect(slots).toHaveLength(5);
      end(window, slots, nowMs + 200);
    }
  });

  test('an unknown host gets its first request out next to hosts that hang', () => {
    const window = open();
    send(window, 'dead', WINDOW, 0);
    expect(send(window, 'new', 5, 5_000)).toHaveLength(1);
    expect(window.isSlow('dead', 5_000)).toBe(true);
    expect(window.isSlow('new', 5_000)).toBe(false);
  });

  test('a host that stops answering keeps its slots, and gets no more than the window', () => {
    const window = open();
    let out: Slot[] = [];
    for (let nowMs = 0; nowMs <= 5_000; nowMs += 10) {
      end(window, out, nowMs);
      out = send(window, 'a', 3, nowMs);
    }
    // In the second until this is known, it may have as many slots as it could answer in one second.
    send(window, 'a', 20, 5_010);
    for (let nowMs = 7_020; nowMs < 30_000; nowMs += 10) send(window, 'a', 3, nowMs);
    expect(window.count()).toBeLessThan(75);
    expect(window.isSlow('a', 30_000)).toBe(true);
    expect(window.admit(to('a'), 30_000)).toBeUndefined();
  });

  test('one slow response among many prompt ones costs a host nothing next to hosts that hang', () => {
    const window = open();
    send(window, 'dead', WINDOW, 0);
    end(window, send(window, 'busy', 1, 0), 10);
    const lingering = send(window, 'busy', 1, 10);
    let out: Slot[] = [];
    for (let nowMs = 20; nowMs <= 5_000; nowMs += 10) {
      end(window, out, nowMs);
      out = send(window, 'busy', 4, nowMs);
    }
    expect(out).toHaveLength(4);
    expect(lingering).toHaveLength(1);
    expect(send(window, 'busy', 50, 5_000).length).toBeGreaterThan(10);
  });

  test('a host with one path that hangs leaves the reserve to others', () => {
    const window = open();
    let answering: Slot[] = [];
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 100) {
      end(window, answering, nowMs);
      answering = send(window, 'half', 1, nowMs);
      send(window, 'half', 1, nowMs);
    }
    expect(window.count()).toBeLessThan(85);
  });

  test('a host that answers again is trusted again', () => {
    const window = open();
    const hung = send(window, 'a', WINDOW, 0);
    expect(window.isSlow('a', 2_000)).toBe(true);
    for (const slot of hung) window.end(slot, 30_000, 'timedOut');
    expect(window.isSlow('a', 30_000)).toBe(true);
    end(window, send(window, 'a', 1, 30_000), 30_050);
    expect(window.isSlow('a', 30_050)).toBe(false);
    expect(send(window, 'a', WINDOW, 30_050).length).toBeGreaterThanOrEqual(75);
  });

  test('an admitted request that is not sent frees its slot, and does not count as lingering', () => {
    const window = open();
    const slots = Array.from({ length: 75 }, () => window.admit(to('a'), 0));
    expect(window.isSlow('a', 60_000)).toBe(false);
    for (const slot of slots) if (slot !== undefined) window.free(slot);
    expect(window.count()).toBe(0);
    expect(send(window, 'a', WINDOW, 60_000)).toHaveLength(75);
  });

  test('a full window has no room, not even for a trusted host', () => {
    const window = makeInFlight({ maxInFlight: 16 });
    end(window, send(window, 'prompt', 1, 0), 0);
    end(window, send(window, 'busy', 3, 0), 0);
    const out = [...send(window, 'dead', 12, 0), ...send(window, 'new', 1, 0), ...send(window, 'busy', 3, 0)];
    expect(out).toHaveLength(16);
    expect(window.admit(to('prompt'), 0)).toBeUndefined();
  });

  test('a request that was never sent does not count for or against its host', () => {
    const window = open();
    send(window, 'dead', WINDOW, 0);
    const slot = window.admit(to('new'), 5_000);
    window.end(slot!, 5_001, 'ended');
    // As before: room for the first request to a host of which nothing is known, and not for more.
    expect(send(window, 'new', 5, 5_002)).toHaveLength(1);
  });

  test('executions with an unknown host count as executions of one host', () => {
    const window = open();
    const slots = Array.from({ length: WINDOW }, () => window.admit(unknown, 0));
    expect(slots.filter((slot) => slot !== undefined)).toHaveLength(75);
  });

  test('requests with large bodies hold 128 MiB together, and leave room for small ones', () => {
    const window = makeInFlight({ maxInFlight: 800 });
    const large = { host: 'a', payload: { ...to('a').payload, content: undefined } };
    const slots = Array.from({ length: 800 }, () => window.admit(large, 0)).filter(
      (slot) => slot !== undefined,
    );
    expect(slots).toHaveLength(128);
    expect(send(window, 'a', 10, 0)).toHaveLength(10);
    window.free(slots[0]!);
    expect(window.admit(large, 0)).toBeDefined();
    expect(window.admit(large, 0)).toBeUndefined();
  });

  test('a slot ends once', () => {
    const window = open();
    const [slot] = send(window, 'a', 1, 0);
    window.end(slot!, 1, 'ended');
    expect(() => window.free(slot!)).toThrow('ends once');
    expect(window.count()).toBe(0);
  });

  test('a window of one has room for one', () => {
    const window = makeInFlight({ maxInFlight: 1 });
    const [slot] = send(window, 'a', 1, 0);
    expect(window.admit(to('b'), 0)).toBeUndefined();
    window.end(slot!, 5_000, 'ended');
    expect(window.admit(to('b'), 5_000)).toBeDefined();
  });
});

describe('any order of requests and ends', () => {
  const deadHost = fc.constantFrom('dead-1', 'dead-2', 'dead-3');
  const liveHost = fc.constantFrom('live-1', 'live-2', 'live-3');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('send'), host: fc.oneof(deadHost, liveHost), count: fc.nat(60) }),
    fc.record({ kind: fc.constant('answer'), host: liveHost, count: fc.nat(60) }),
    fc.record({ kind: fc.constant('ping') }),
    fc.record({ kind: fc.constant('advance'), byMs: fc.integer({ min: 0, max: 3_000 }) }),
  );

  test('hosts that never answer leave room for hosts that do, and no slot is lost', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 200 }),
        fc.array(step, { maxLength: 80 }),
        (maxInFlight, steps) => {
          const window = makeInFlight({ maxInFlight });
          const out = new Map<string, Slot[]>();
          const outTo = (prefix: string): number =>
            [...out].reduce((sum, [host, slots]) => sum + (host.startsWith(prefix) ? slots.length : 0), 0);
          let nowMs = 0;
          /** To a host that has always answered at once. */
          const ping = (): void => {
            const slots = send(window, 'prompt', 1, nowMs);
            expect(slots).toHaveLength(outTo('') < maxInFlight ? 1 : 0);
            end(window, slots, nowMs);
          };
          ping();
          for (const one of steps) {
            if (one.kind === 'advance') nowMs += one.byMs;
            else if (one.kind === 'ping') ping();
            else if (one.kind === 'answer') end(window, out.get(one.host)?.splice(0, one.count) ?? [], nowMs);
            else {
              const free = maxInFlight - outTo('');
              const slots = send(window, one.host, Math.min(one.count, free), nowMs);
              out.set(one.host, [...(out.get(one.host) ?? []), ...slots]);
            }
            expect(outTo('dead')).toBeLessThanOrEqual(Math.floor(maxInFlight * 0.875));
            expect(window.count()).toBe(outTo(''));
          }
          // Every request that can end has ended: only the dead hosts' part is in use, and everything else is free.
          for (const [host, slots] of out) if (host.startsWith('live')) end(window, slots.splice(0), nowMs);
          ping();
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
