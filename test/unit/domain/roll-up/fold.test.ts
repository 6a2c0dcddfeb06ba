import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countOf } from '../../../../lib/domain/roll-up/buckets.ts';
import { foldBatches, type OutcomeBatch } from '../../../../lib/domain/roll-up/fold.ts';
import { countedStatuses } from '../../../../lib/domain/roll-up/outcome-counts.ts';
import { periodsSeconds } from '../../../../lib/domain/roll-up/periods.ts';
import { makeAdmitGroup, MAX_GROUPS, OTHER_GROUPS } from '../../../../lib/domain/roll-up/series.ts';

const NOON = Date.parse('2026-01-15T12:00:00Z');

const aBatch: fc.Arbitrary<OutcomeBatch> = fc
  .record({
    minute: fc.integer({ min: 0, max: 3_000 }),
    group: fc.constantFrom(null, 'billing', 'reports'),
    status: fc.constantFrom(...countedStatuses),
    values: fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 5 }),
    unsent: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ minute, group, status, values, unsent }) => ({
    minuteMs: NOON + minute * 60_000,
    group,
    status,
    executions: values.length + unsent,
    durationsMs: values,
    latenessesMs: values.map((value) => value >> 3),
  }));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const fold = (batches: readonly OutcomeBatch[]) => foldBatches(batches, makeAdmitGroup([]));

const batchOf = (group: string | null): OutcomeBatch => ({
  minuteMs: NOON,
  group,
  status: 'SUCCESS',
  executions: 1,
  durationsMs: [7],
  latenessesMs: [1],
});

describe('the fold of outcomes', () => {
  test('each period counts every outcome once for its group and once for all jobs', () => {
    fc.assert(
      fc.property(fc.array(aBatch), (batches) => {
        const { periods, totals } = fold(batches);
        const executions = sum(batches.map((batch) => batch.executions));
        const values = batches.flatMap((batch) => batch.durationsMs);
        for (const seconds of periodsSeconds) {
          const ofPeriod = periods.filter(({ periodSeconds }) => periodSeconds === seconds);
          for (const isAll of [true, false]) {
            const counted = ofPeriod.filter(({ series }) => (series === 'all') === isAll);
            expect(sum(counted.map((one) => one.executions))).toBe(executions);
            expect(sum(counted.map(({ duration }) => countOf(duration.counts)))).toBe(values.length);
            expect(sum(counted.map(({ duration }) => duration.sumMs))).toBe(sum(values));
            expect(Math.max(0, ...counted.map(({ duration }) => duration.maxMs))).toBe(
              Math.max(0, ...values),
            );
          }
        }
        expect(sum(totals.map((one) => one.executions))).toBe(executions);
      }),
    );
  });

  test('no two counts have the same key', () => {
    fc.assert(
      fc.property(fc.array(aBatch), (batches) => {
        const { periods, totals } = fold(batches);
        const keys = periods.map((one) => [one.series, one.periodSeconds, one.startsAtMs, one.status].join());
        expect(new Set(keys).size).toBe(keys.length);
        expect(new Set(totals.map((one) => `${one.series} ${one.status}`)).size).toBe(totals.length);
      }),
    );
  });

  test('periods begin at multiples of their length in UTC', () => {
    const { periods } = fold([{ ...batchOf(null), minuteMs: NOON + 7 * 60_000 }]);
    const starts = periods.filter(({ series }) => series === 'all').map((one) => one.startsAtMs);
    expect(starts.map((ms) => new Date(ms).toISOString()).sort()).toEqual([
      '2026-01-15T00:00:00.000Z',
      '2026-01-15T12:00:00.000Z',
      '2026-01-15T12:05:00.000Z',
      '2026-01-15T12:07:00.000Z',
    ]);
  });
});

describe('the limit on groups', () => {
  test('groups above the limit are counted together', () => {
    const batches = Array.from({ length: MAX_GROUPS + 5 }, (_, index) => batchOf(`group ${index}`));
    const { totals } = fold(batches);
    expect(totals).toHaveLength(MAX_GROUPS + 1);
    expect(totals.find(({ series }) => series === 'other')).toMatchObject({ executions: 5 });
  });

  test('a group that has counts keeps them when there is no more room', () => {
    const known = Array.from({ length: MAX_GROUPS }, (_, index) => `group:${index}`);
    const admit = makeAdmitGroup([...known, 'none', 'other']);
    expect(admit('0')).toBe('group:0');
    expect(admit('new')).toBe('other');
    expect(admit(null)).toBe('none');
  });

  test('a group with the name of the groups above the limit is one of them', () => {
    expect(makeAdmitGroup([])(OTHER_GROUPS)).toBe('other');
  });

  test('groups named none, other or all have counts of their own', () => {
    const admit = makeAdmitGroup([]);
    expect(['none', 'other', 'all'].map(admit)).toEqual(['group:none', 'group:other', 'group:all']);
  });
});
