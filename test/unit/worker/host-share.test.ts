import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeHostShare, type HostShare, type Place } from '../../../lib/app/worker/host-share.ts';

const WINDOW = 100;
const open = () => makeHostShare({ maxInFlight: WINDOW });

/** Sends as many as are admitted, `count` at most. */
function send(share: HostShare, host: string, count: number, nowMs: number): Place[] {
  const places: Place[] = [];
  for (let sent = 0; sent < count; sent++) {
    const place = share.admit(host, nowMs);
    if (place === undefined) break;
    share.sent(place, nowMs);
    places.push(place);
  }
  return places;
}

const end = (share: HostShare, places: readonly Place[], nowMs: number): void =>
  places.forEach((place) => share.ended(place, nowMs, true));

describe('a window shared among hosts', () => {
  test('a burst to an unknown host gets three quarters of it, and all once the host answers', () => {
    const share = open();
    const first = send(share, 'a', WINDOW, 0);
    expect(first).toHaveLength(75);
    end(share, first.slice(0, 30), 20);
    expect(send(share, 'a', 55, 20)).toHaveLength(55);
    expect(share.outTo('a')).toBe(WINDOW);
  });

  test('a host that answers at once may use all of it', () => {
    const share = open();
    let out = send(share, 'a', 50, 0);
    for (let nowMs = 100; nowMs <= 3_000; nowMs += 100) {
      end(share, out, nowMs);
      out = send(share, 'a', WINDOW, nowMs);
    }
    expect(out).toHaveLength(WINDOW);
  });

  test.each([1, 20, 74])('%i hosts that hang hold three quarters together', (hosts) => {
    const share = open();
    for (let nowMs = 0; nowMs < 20_000; nowMs += 100) {
      for (let host = 0; host < hosts; host++) send(share, `dead-${host}`, 1, nowMs);
    }
    let held = 0;
    for (let host = 0; host < hosts; host++) held += share.outTo(`dead-${host}`);
    // Of hosts of which nothing is known yet one request more each, up to seven eighths.
    expect(held).toBeGreaterThanOrEqual(75);
    expect(held).toBeLessThanOrEqual(hosts < 74 ? 75 : 87);
  });

  test('beside hosts that hang, one that is called seldom and answers has room', () => {
    const share = open();
    send(share, 'dead', WINDOW, 0);
    end(share, send(share, 'seldom', 1, 500), 600);
    for (let nowMs = 60_000; nowMs < 600_000; nowMs += 60_000) {
      const places = send(share, 'seldom', 5, nowMs);
      expect(places).toHaveLength(5);
      end(share, places, nowMs + 200);
    }
  });

  test('beside hosts that hang, an unknown one gets its first request out', () => {
    const share = open();
    send(share, 'dead', WINDOW, 0);
    expect(send(share, 'new', 5, 5_000)).toHaveLength(1);
    expect(share.isSlow('dead', 5_000)).toBe(true);
    expect(share.isSlow('new', 5_000)).toBe(false);
  });

  test('a host that stops answering keeps what it had, and gets no more than the share', () => {
    const share = open();
    let out: Place[] = [];
    for (let nowMs = 0; nowMs <= 5_000; nowMs += 10) {
      end(share, out, nowMs);
      out = send(share, 'a', 3, nowMs);
    }
    // In the second until it is known it may have what it could answer in one.
    send(share, 'a', 20, 5_010);
    for (let nowMs = 7_020; nowMs < 30_000; nowMs += 10) send(share, 'a', 3, nowMs);
    expect(share.outTo('a')).toBe(75);
    expect(share.isSlow('a', 30_000)).toBe(true);
    expect(share.roomFor('a', 30_000)).toBe(0);
  });

  test('one slow answer among many prompt ones costs a host nothing, beside hosts that hang', () => {
    const share = open();
    send(share, 'dead', WINDOW, 0);
    end(share, send(share, 'busy', 1, 0), 10);
    const lingering = send(share, 'busy', 1, 10);
    let out: Place[] = [];
    for (let nowMs = 20; nowMs <= 5_000; nowMs += 10) {
      end(share, out, nowMs);
      out = send(share, 'busy', 4, nowMs);
    }
    expect(out).toHaveLength(4);
    expect(lingering).toHaveLength(1);
    expect(share.roomFor('busy', 5_000)).toBeGreaterThan(10);
  });

  test('a host of which one path hangs leaves the reserve to others', () => {
    const share = open();
    let answering: Place[] = [];
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 100) {
      end(share, answering, nowMs);
      answering = send(share, 'half', 1, nowMs);
      send(share, 'half', 1, nowMs);
    }
    expect(share.outTo('half')).toBeLessThan(85);
  });

  test('a host that answers again is trusted again', () => {
    const share = open();
    const hung = send(share, 'a', WINDOW, 0);
    expect(share.isSlow('a', 2_000)).toBe(true);
    for (const place of hung) share.ended(place, 30_000, false);
    expect(share.isSlow('a', 30_000)).toBe(true);
    end(share, send(share, 'a', 1, 30_000), 30_050);
    expect(share.isSlow('a', 30_050)).toBe(false);
    expect(send(share, 'a', WINDOW, 30_050).length).toBeGreaterThanOrEqual(75);
  });

  test('what was admitted and not sent does not linger, and leaves its place', () => {
    const share = open();
    const places = Array.from({ length: 75 }, () => share.admit('a', 0));
    expect(share.isSlow('a', 60_000)).toBe(false);
    for (const place of places) if (place !== undefined) share.freed(place);
    expect(share.roomFor('a', 60_000)).toBe(75);
  });

  test('a full window has no room, for a host that is trusted neither', () => {
    const share = makeHostShare({ maxInFlight: 16 });
    end(share, send(share, 'prompt', 1, 0), 0);
    end(share, send(share, 'busy', 3, 0), 0);
    const out = [...send(share, 'dead', 12, 0), ...send(share, 'new', 1, 0), ...send(share, 'busy', 3, 0)];
    expect(out).toHaveLength(16);
    expect(share.admit('prompt', 0)).toBeUndefined();
  });

  test('a window of one has room for one', () => {
    const share = makeHostShare({ maxInFlight: 1 });
    const [place] = send(share, 'a', 1, 0);
    expect(share.admit('b', 0)).toBeUndefined();
    share.ended(place!, 5_000, true);
    expect(share.admit('b', 5_000)).toBeDefined();
  });
});

describe('whatever the order of requests and ends', () => {
  const deadHost = fc.constantFrom('dead-1', 'dead-2', 'dead-3');
  const liveHost = fc.constantFrom('live-1', 'live-2', 'live-3');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('send'), host: fc.oneof(deadHost, liveHost), count: fc.nat(60) }),
    fc.record({ kind: fc.constant('answer'), host: liveHost, count: fc.nat(60) }),
    fc.record({ kind: fc.constant('ping') }),
    fc.record({ kind: fc.constant('advance'), byMs: fc.integer({ min: 0, max: 3_000 }) }),
  );

  test('hosts that never answer leave room for those that do, and no place is lost', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 200 }),
        fc.array(step, { maxLength: 80 }),
        (maxInFlight, steps) => {
          const share = makeHostShare({ maxInFlight });
          const out = new Map<string, Place[]>();
          const outTo = (prefix: string): number =>
            [...out].reduce((sum, [host, places]) => sum + (host.startsWith(prefix) ? places.length : 0), 0);
          let nowMs = 0;
          /** To a host that has always answered at once. */
          const ping = (): void => {
            const places = send(share, 'prompt', 1, nowMs);
            expect(places).toHaveLength(outTo('') < maxInFlight ? 1 : 0);
            end(share, places, nowMs);
          };
          ping();
          for (const one of steps) {
            if (one.kind === 'advance') nowMs += one.byMs;
            else if (one.kind === 'ping') ping();
            else if (one.kind === 'answer') end(share, out.get(one.host)?.splice(0, one.count) ?? [], nowMs);
            else {
              const free = maxInFlight - outTo('');
              const places = send(share, one.host, Math.min(one.count, free), nowMs);
              out.set(one.host, [...(out.get(one.host) ?? []), ...places]);
            }
            expect(outTo('dead')).toBeLessThanOrEqual(Math.floor(maxInFlight * 0.875));
            for (const [host, places] of out) expect(share.outTo(host)).toBe(places.length);
          }
          // All that can end has ended: what is left is the dead hosts' part, and all else is free.
          for (const [host, places] of out) if (host.startsWith('live')) end(share, places.splice(0), nowMs);
          ping();
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
