import { describe, expect, test } from 'vitest';

import { isNextTime, moveTime } from '../../../../lib/domain/schedule/move-time.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';

type Row = {
  what: string;
  schedule: string;
  timeZone?: string;
  stored: string;
  last?: string;
  since?: string;
  now: string;
  expected: string;
};

/** Since 1 November 2026 Winnipeg is at -05:00 by 2026f; by 2026c it was at -06:00. */
const rows: Row[] = [
  {
    what: 'a daily time that comes an hour earlier by the new data',
    schedule: '0 9 * * *',
    stored: '2026-12-01T09:00-06:00',
    last: '2026-11-30T09:00-06:00',
    now: '2026-11-30T20:00Z',
    expected: '2026-12-01T09:00-05:00',
  },
  {
    what: 'one that has just passed by the new data: it was not run',
    schedule: '0 9 * * *',
    stored: '2026-12-01T09:00-06:00',
    last: '2026-11-30T09:00-06:00',
    now: '2026-12-01T14:30Z',
    expected: '2026-12-01T09:00-05:00',
  },
  {
    what: 'one that passed before the schedule came to stand',
    schedule: '0 9 * * *',
    stored: '2026-12-01T09:00-06:00',
    since: '2026-12-01T14:20Z',
    now: '2026-12-01T14:30Z',
    expected: '2026-12-02T09:00-05:00',
  },
  {
    what: 'an hourly time, which the new data have too',
    schedule: '0 * * * *',
    stored: '2026-12-01T15:00Z',
    last: '2026-12-01T14:00Z',
    now: '2026-12-01T14:30Z',
    expected: '2026-12-01T15:00Z',
  },
  {
    what: 'a time that the new data have too, with an earlier one before it',
    schedule: '0 9,10 * * *',
    stored: '2026-12-01T09:00-06:00',
    last: '2026-11-30T10:00-06:00',
    now: '2026-11-30T20:00Z',
    expected: '2026-12-01T09:00-05:00',
  },
  {
    what: 'the first of many times in an hour',
    schedule: '*/5 9 * * *',
    stored: '2026-12-01T09:00-06:00',
    last: '2026-11-30T09:55-06:00',
    now: '2026-11-30T20:00Z',
    expected: '2026-12-01T09:00-05:00',
  },
  {
    what: 'a monthly time whose last run is no longer known',
    schedule: '30 6 1 * *',
    stored: '2026-12-01T06:30-06:00',
    now: '2026-11-28T00:00Z',
    expected: '2026-12-01T06:30-05:00',
  },
  {
    what: 'the only time of a job, given by the wall clock',
    schedule: 'at(2026-12-01T09:00:00)',
    stored: '2026-12-01T09:00-06:00',
    now: '2026-11-28T00:00Z',
    expected: '2026-12-01T09:00-05:00',
  },
  {
    what: 'nothing of an interval',
    schedule: '@every 90s',
    stored: '2026-12-01T09:00:07Z',
    now: '2026-12-01T09:00:00Z',
    expected: '2026-12-01T09:00:07Z',
  },
  // As if the older data had been an hour ahead, so that each time came an hour early.
  {
    what: 'a daily time that comes an hour later by the new data, without running the one of today again',
    schedule: '0 9 * * *',
    timeZone: 'America/Chicago',
    stored: '2026-12-02T09:00-05:00',
    last: '2026-12-01T09:00-05:00',
    now: '2026-12-01T14:10Z',
    expected: '2026-12-02T09:00-06:00',
  },
  {
    what: 'two times that came an hour early, the second of which is in the future',
    schedule: '0 9,10 * * *',
    timeZone: 'America/Chicago',
    stored: '2026-12-01T10:00-05:00',
    last: '2026-12-01T09:00-05:00',
    now: '2026-12-01T14:10Z',
    expected: '2026-12-01T09:00-06:00',
  },
];

describe('moveTime after an update of the time zone data', () => {
  test.each(rows)(
    'moveTime finds $what',
    ({ schedule, timeZone = 'America/Winnipeg', stored, last, since, now, expected }) => {
      const parsed = parseSchedule(schedule, timeZone);
      const times = {
        storedMs: Date.parse(stored),
        lastMs: last === undefined ? -Infinity : Date.parse(last),
        sinceMs: Date.parse(since ?? '2026-01-01T00:00Z'),
        nowMs: Date.parse(now),
      };
      const found = moveTime(parsed, times);
      expect(new Date(found).toISOString()).toBe(new Date(expected).toISOString());
      if (isNextTime(parsed, times.storedMs, times.nowMs)) expect(found).toBe(times.storedMs);
    },
  );
});
