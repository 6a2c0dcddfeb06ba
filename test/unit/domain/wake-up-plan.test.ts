import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planWakeUps } from '../../../lib/domain/wake-up-plan.ts';
import { timings } from '../../../lib/topology.ts';

const options = { nowMs: 100_300, leadMs: 1_000, jobsPerWakeUp: 100 };

describe('wake-ups', () => {
  test('wake-ups arrive one to two seconds before the second of their jobs', () => {
    expect(planWakeUps([120_000], new Map(), options)).toEqual([{ delaySeconds: 18, count: 1 }]);
  });

  test('wake-ups for overdue jobs, or jobs nearer than the lead, are sent at once, all counted together', () => {
    expect(planWakeUps([50_000, 100_300, 101_300], new Map(), options)).toEqual([
      { delaySeconds: 0, count: 1 },
    ]);
  });

  test('one wake-up stands for up to a hundred jobs of one second', () => {
    const due = [...Array.from({ length: 250 }, () => 130_000), 131_000];
    expect(planWakeUps(due, new Map(), options).map((wakeUps) => wakeUps.count)).toEqual([3, 1]);
  });

  test('wake-ups are delayed by 15 minutes at most', () => {
    expect(planWakeUps([10_000_000], new Map(), options)).toEqual([{ delaySeconds: 900, count: 1 }]);
  });

  test('wake-ups arrive when workers already take their jobs, regardless of the part of the second in which a job is due', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 120_000 }), (nowMs, inMs) => {
        const dueMs = nowMs + inMs;
        const settings = { nowMs, leadMs: timings.wakeUpLeadMs, jobsPerWakeUp: 100 };
        const [wakeUps] = planWakeUps([dueMs], new Map(), settings);
        const arrivesMs = nowMs + (wakeUps?.delaySeconds ?? NaN) * 1_000;
        expect(arrivesMs).toBeLessThanOrEqual(dueMs);
        expect(dueMs - arrivesMs).toBeLessThanOrEqual(timings.takeAheadMs);
      }),
    );
  });

  test('the number of wake-ups is exact and in time, regardless of how a tick divides its work into batches', () => {
    const due = fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 300 });
    fc.assert(
      fc.property(
        due,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 9 }),
        (dueMs, size, jobsPerWakeUp) => {
          const planned = new Map<number, number>();
          const sent: { atMs: number }[] = [];
          for (let start = 0; start < dueMs.length; start += size) {
            const plan = planWakeUps(dueMs.slice(start, start + size), planned, {
              ...options,
              jobsPerWakeUp,
            });
            for (const { delaySeconds, count } of plan) {
              for (let n = 0; n < count; n += 1) sent.push({ atMs: options.nowMs + delaySeconds * 1_000 });
            }
          }
          const seconds = new Map<number, number>();
          for (const due of dueMs) {
            const second = due - options.leadMs <= options.nowMs ? 0 : Math.floor(due / 1_000);
            seconds.set(second, (seconds.get(second) ?? 0) + 1);
          }
          const wanted = [...seconds.values()].reduce(
            (sum, jobs) => sum + Math.ceil(jobs / jobsPerWakeUp),
            0,
          );
          expect(sent).toHaveLength(wanted);
          for (const second of seconds.keys()) {
            const inTime = sent.filter(({ atMs }) =>
              second === 0 ? atMs === options.nowMs : atMs > second * 1_000 - 2_000 && atMs <= second * 1_000,
            );
            expect(inTime.length).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});
