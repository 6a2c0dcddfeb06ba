import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeReadyLine } from '../../../../lib/app/worker/ready-line.ts';

type Item = { id: number; dueMs: number };

function open(maxInFlight: number) {
  const begun: number[] = [];
  const line = makeReadyLine<Item>({ maxInFlight, begin: ({ id }) => begun.push(id) });
  const enter = (nowMs: number, ...ids: number[]): void =>
    ids.forEach((id) => line.enter({ id, dueMs: 0 }, nowMs));
  return { line, begun, enter };
}

describe('claimed attempts that wait for their turn', () => {
  test('an attempt begins at once while fewer than the maximum are under way', () => {
    const { line, begun, enter } = open(2);
    enter(1_000, 1, 2);
    expect([begun, line.fromMs()]).toEqual([[1, 2], Infinity]);
  });

  test('the others begin in their order, one for each that ends', () => {
    const { line, begun, enter } = open(2);
    enter(1_000, 1, 2, 3, 4);
    line.ended();
    expect(begun).toEqual([1, 2, 3]);
    line.ended();
    expect([begun, line.fromMs()]).toEqual([[1, 2, 3, 4], Infinity]);
  });

  test('an attempt that has waited for 100 ms begins although none has ended', () => {
    const { line, begun, enter } = open(1);
    enter(1_000, 1, 2);
    enter(1_001, 3);
    expect(line.fromMs()).toBe(1_100);
    line.beginOverdue(1_099);
    expect(begun).toEqual([1]);
    line.beginOverdue(1_100);
    expect([begun, line.fromMs()]).toEqual([[1, 2], 1_101]);
  });

  test('an attempt that is not due yet waits from its due instant on', () => {
    const { line } = open(0);
    line.enter({ id: 1, dueMs: 1_050 }, 1_000);
    expect(line.fromMs()).toBe(1_150);
  });

  test('after a begin beyond the maximum, no attempt begins until enough have ended', () => {
    const { line, begun, enter } = open(1);
    enter(1_000, 1, 2);
    line.beginOverdue(1_100);
    enter(1_100, 3);
    line.ended();
    expect(begun).toEqual([1, 2]);
    line.ended();
    expect(begun).toEqual([1, 2, 3]);
  });

  test('every attempt begins once and in order, and none waits while fewer than the maximum are under way', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('enter' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constantFrom('end' as const, 'pass' as const) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (maxInFlight, steps) => {
        const { line, begun, enter } = open(maxInFlight);
        let entered = 0;
        let ended = 0;
        let nowMs = 0;
        for (const next of steps) {
          if (next.kind === 'enter') for (let n = 0; n < next.count; n++) enter(nowMs, entered++);
          else if (next.kind === 'pass') line.beginOverdue((nowMs += 60));
          else if (ended < begun.length) {
            ended += 1;
            line.ended();
          }
          const isWaiting = begun.length < entered;
          expect(!isWaiting || begun.length - ended >= maxInFlight).toBe(true);
          expect(line.fromMs() === Infinity).toBe(!isWaiting);
          expect(line.fromMs()).toBeGreaterThan(nowMs - 60);
        }
        expect(begun).toEqual(Array.from({ length: begun.length }, (_, place) => place));
        line.beginOverdue(Infinity);
        expect(begun).toHaveLength(entered);
      }),
    );
  });
});
