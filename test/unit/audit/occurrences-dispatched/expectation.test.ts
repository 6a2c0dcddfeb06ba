import { expect, test } from 'vitest';
import { expectOccurrences } from '../../../../lib/audit/occurrences-dispatched/expectation.ts';

const job = {
  id: 1,
  revision: 1,
  schedule: '0 * * * *',
  timeZone: 'America/Winnipeg',
  isRecurring: true,
  createdAt: new Date('2026-11-01T00:00Z'),
  updatedAt: new Date('2026-11-01T00:00Z'),
  nextExecutionTime: new Date('2026-11-28T18:00Z'),
};
const window = { since: new Date('2026-11-28T00:00Z'), until: new Date('2026-11-28T17:30Z') };

test('the audit expects every occurrence of its window', () => {
  expect(expectOccurrences(job, { ...window, zoneDataChangedAt: null })).toMatchObject({
    firstMs: Date.parse('2026-11-28T00:00Z'),
  });
});

test('the audit expects no occurrence of a cron from the time of older time zone data, and every occurrence of an interval', () => {
  const zoneDataChangedAt = new Date('2026-11-28T12:00Z');
  expect(expectOccurrences(job, { ...window, zoneDataChangedAt })).toMatchObject({
    firstMs: Date.parse('2026-11-28T13:00Z'),
  });
  expect(
    expectOccurrences({ ...job, schedule: '@every 1h' }, { ...window, zoneDataChangedAt }),
  ).toMatchObject({
    firstMs: Date.parse('2026-11-28T00:00Z'),
  });
});
