import { describe, expect, test } from 'vitest';
import type { Occurrence } from '../../../../lib/audit/occurrences-dispatched/find-occurrences.ts';
import { describeWrongSkip } from '../../../../lib/audit/occurrences-dispatched/judge-skipped.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';

const at = (time: string) => new Date(`2030-03-04T${time}:00Z`);
const schedule = parseSchedule('*/10 * * * *', 'UTC');

const skipped = (first: string, last: string, count: number, createdAt = '10:55'): Occurrence => ({
  executionTime: at(last),
  status: 'SKIPPED',
  createdAt: at(createdAt),
  skippedFrom: at(first),
  skippedCount: count,
});
const stored = (time: string, status: string, createdAt: string): Occurrence => ({
  executionTime: at(time),
  status,
  createdAt: at(createdAt),
  skippedFrom: null,
  skippedCount: null,
});

const judge = (...page: Occurrence[]) =>
  page.map((one) =>
    describeWrongSkip(one, { page, schedule, fromMs: at('09:00').getTime(), misfireAfterMs: 300_000 }),
  );

describe('the audit of skipped occurrences', () => {
  test('a misfire is right', () => {
    expect(judge(skipped('10:10', '10:40', 4), stored('10:50', 'SUCCESS', '10:55'))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('a misfire that cancelled occurrences divide is right', () => {
    const page = [
      skipped('10:10', '10:10', 1),
      stored('10:20', 'CANCELLED_BY_CALLER', '10:00'),
      skipped('10:30', '10:30', 1),
      stored('10:40', 'CANCELLED_BY_CALLER', '10:00'),
      stored('10:50', 'SUCCESS', '10:55'),
    ];
    expect(judge(...page)).toEqual(page.map(() => undefined));
  });

  test('a misfire whose latest occurrence had been cancelled is right', () => {
    const page = [skipped('10:10', '10:40', 4), stored('10:50', 'CANCELLED_BY_CALLER', '10:00')];
    expect(judge(...page)).toEqual([undefined, undefined]);
  });

  test('a wrong count is found', () => {
    expect(judge(skipped('10:10', '10:40', 3), stored('10:50', 'SUCCESS', '10:55'))[0]).toContain(
      'it counts 3 skipped occurrences, but its schedule has 4',
    );
  });

  test.each([
    ['of a schedule that was hardly behind', skipped('10:10', '10:10', 1, '10:14')],
    ['after which more than the latest occurrence ran', skipped('10:10', '10:20', 2)],
  ])('a skip %s is found', (_, one) => {
    expect(judge(one, stored('10:30', 'SUCCESS', '10:55'))[0]).toContain('which was not a misfire');
  });

  test('an earlier misfire is no part of a later one', () => {
    const page = [
      skipped('10:10', '10:20', 2, '10:35'),
      stored('10:30', 'SUCCESS', '10:35'),
      skipped('10:40', '10:40', 1, '10:44'),
    ];
    expect(judge(...page)[2]).toContain('which was not a misfire');
  });
});
