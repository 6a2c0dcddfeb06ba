import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStored, storeLimits, toStoredLists } from '../../../../lib/app/load/stored-groups.ts';
import type { StoredGroup } from '../../../../lib/db/upcoming-load.ts';
import { DAY_MS } from '../../../../lib/domain/day.ts';
import { busiestMinutes, countLoad } from '../../../../lib/domain/load/count-load.ts';
import { compareGroups, type LoadGroup, peakOf, runsOf } from '../../../../lib/domain/load/groups.ts';
import { OFTEN, placeOf } from '../../../../lib/domain/load/list-groups.ts';
import type { LoadWindow } from '../../../../lib/domain/load/load.ts';
import { partsOf, partsOfLists } from '../../../../lib/domain/load/minute-parts.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';
import { spanAt } from '../../../../lib/domain/schedule/time-zone.ts';
import { cronJobs, MINUTE_MS, schedules, starts, zones } from '../../domain/load/crons.ts';

const SHOWN = 5;
const START_MS = Date.parse('2027-10-30T00:00:00Z');

const cron = (schedule: string, timeZone: string, jobs: number): LoadGroup => ({
  ...cronJobs(schedule, timeZone, jobs),
  schedule,
  timeZone,
  jobIds: [],
});

const interval = (duration: string, anyMs: number, jobs: number, jobId: number): LoadGroup => {
  const schedule = `@every ${duration}`;
  const compiled = parseSchedule(schedule, 'UTC');
  if (compiled.kind !== 'interval') throw new Error(`${schedule} is not an interval`);
  return { everyMs: compiled.everyMs, anyMs, schedule, timeZone: null, jobs, jobIds: [jobId] };
};

const single = (minuteMs: number, jobs: number, jobId: number): LoadGroup => ({
  minuteMs,
  schedule: null,
  timeZone: null,
  jobs,
  jobIds: [jobId],
});

/** The lists as a reader finds them. */
function keep(groups: readonly LoadGroup[], window: LoadWindow, limits = storeLimits) {
  return toStoredLists(groups, window, limits).map((list) => ({
    entries: list.groups.map((text): StoredGroup => JSON.parse(text)),
    isCut: list.isCut,
  }));
}

function partsOfKept(lists: ReturnType<typeof keep>, minuteMs: number, total: number | undefined) {
  const read = [placeOf(minuteMs), OFTEN].map((place) => lists[place] ?? { entries: [], isCut: false });
  return partsOfLists(read, { minuteMs, limit: SHOWN, total, open: openStored });
}

function count(groups: readonly LoadGroup[], window: LoadWindow): number[] {
  const crons = groups.filter((group) => 'cron' in group);
  const intervals = groups.filter((group) => 'everyMs' in group);
  const singles = groups.filter((group) => 'minuteMs' in group);
  return Array.from(countLoad({ crons, intervals, singles }, window).perMinute);
}

const jobs = fc.integer({ min: 1, max: 5 });
const intervals = fc
  .tuple(
    fc.constantFrom('1s', '7s', '45s', '60s', '90s', '61m', '2h', '7h', '24h', '25h', '7d', '100000s'),
    fc.integer({ min: 0, max: 200_000 }),
    jobs,
    fc.nat(1_000),
  )
  .map(([duration, second, count, id]) => interval(duration, START_MS + second * 1_000, count, id + 1));
const singles = fc
  .tuple(fc.integer({ min: -4_000, max: 14_000 }), jobs, fc.nat(1_000))
  .map(([minute, count, id]) => single(START_MS + minute * MINUTE_MS, count, id + 1));
const crons = schedules.map(({ schedule, timeZone, jobs: count }) => cron(schedule, timeZone, count));
const groupsOf = (maxLength: number) =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: crons }, intervals, singles), { minLength: 1, maxLength })
    // No two groups have the same jobs.
    .map((all) =>
      all.filter((one, place) => all.findIndex((other) => compareNames(one, other) === 0) === place),
    );
const compareNames = (one: LoadGroup, other: LoadGroup): number =>
  compareGroups({ ...one, jobs: 1 }, { ...other, jobs: 1 });
const keptFrom = ({ fromMs }: LoadWindow): LoadWindow => ({ fromMs, untilMs: fromMs + 32 * DAY_MS });

/** The minutes of a window in which the clock of a zone changes. */
const changesIn = ({ fromMs, untilMs }: LoadWindow): number[] =>
  zones
    .map((zone) => (spanAt(zone, untilMs - 1).startMs - fromMs) / MINUTE_MS)
    .filter((minute) => minute >= 0);

const view = (parts: ReturnType<typeof partsOf> | undefined) =>
  parts?.map(({ group: { schedule, timeZone, jobs: count, jobIds }, runs }) => ({
    schedule,
    timeZone,
    jobs: count,
    jobIds,
    runs,
  }));

describe('the groups that are kept for a minute', () => {
  test('they are the same as counted now, across changes of the clock, for any groups', () => {
    fc.assert(
      fc.property(groupsOf(30), starts, fc.boolean(), (groups, window, hasTotal) => {
        const lists = keep(groups, keptFrom(window));
        const perMinute = count(groups, window);
        for (const place of [...busiestMinutes({ perMinute }, 40), ...changesIn(window)]) {
          const minuteMs = window.fromMs + place * MINUTE_MS;
          const kept = partsOfKept(lists, minuteMs, hasTotal ? perMinute[place] : undefined);
          expect(view(kept)).toEqual(view(partsOf(groups, minuteMs, SHOWN)));
        }
      }),
      { numRuns: 600 },
    );
  });

  test.each([
    ['30 2 * * *', 'Europe/Berlin', '2027-03-28T01:00:00Z'],
    ['15,45 2 * * *', 'America/New_York', '2027-03-14T07:00:00Z'],
    ['10-20 2 * * *', 'Australia/Lord_Howe', '2027-10-02T15:30:00Z'],
  ])('the times of %s in a gap in %s are found at its end', (schedule, timeZone, at) => {
    const fromMs = Date.parse(at);
    for (const startMs of [fromMs, fromMs - 20 * DAY_MS]) {
      const lists = keep([cron(schedule, timeZone, 3)], keptFrom({ fromMs: startMs, untilMs: startMs }));
      expect(view(partsOfKept(lists, fromMs, 3))).toMatchObject([{ schedule, runs: 3 }]);
    }
  });

  test('no group has more runs in a minute than its peak, also at the end of a gap', () => {
    const ends = [
      ['Europe/Berlin', '2027-03-28T01:00:00Z'],
      ['Australia/Lord_Howe', '2027-10-02T15:30:00Z'],
      ['Asia/Beirut', '2027-03-27T22:00:00Z'],
    ] as const;
    let atPeak = 0;
    for (const [timeZone, at] of ends) {
      for (const second of ['0', '30', '*/15', '5,59']) {
        for (const minute of ['*', '0', '30', '0,30', '10-20', '*/15']) {
          for (const hour of ['*', '0', '2', '0,1', '2,3', '0-3']) {
            const group = cron(`${second} ${minute} ${hour} * * *`, timeZone, 2);
            const runs = runsOf(group, Date.parse(at));
            expect(runs, JSON.stringify(group)).toBeLessThanOrEqual(peakOf(group));
            if (runs === peakOf(group)) atPeak += 1;
          }
        }
      }
    }
    expect(atPeak).toBeGreaterThan(50);
  });

  test('a cron that runs at the end of a gap and later in that minute comes before crons with more jobs', () => {
    const minuteMs = Date.parse('2027-03-28T01:00:00Z');
    const twice = cron('30 0 2,3 * * *', 'Europe/Berlin', 2);
    const others = ['0', '00', '0,0', '0 0', '0 00'].map((start) => cron(`${start} 1 * * *`, 'UTC', 3));
    const groups = [...others, twice];
    const lists = keep(groups, keptFrom({ fromMs: minuteMs, untilMs: minuteMs }));
    const kept = view(partsOfKept(lists, minuteMs, 19));
    expect(kept?.[0]).toMatchObject({ schedule: '30 0 2,3 * * *', runs: 4 });
    expect(kept).toEqual(view(partsOf(groups, minuteMs, SHOWN)));
  });

  test.each([
    ['an interval below a minute', interval('1s', START_MS, 1, 7)],
    ['a cron with seconds', cron('* * * * * *', 'UTC', 1)],
  ])('one job with %s comes before crons with more jobs', (_, often) => {
    const groups = [...zones.map((zone) => cron('* * * * *', zone, 5)), often];
    const window = { fromMs: START_MS, untilMs: START_MS };
    const parts = view(partsOfKept(keep(groups, keptFrom(window)), START_MS, undefined));
    expect(parts?.map(({ runs }) => runs)).toEqual([60, 5, 5, 5, 5]);
  });

  test('beyond the limit of a list, they are the same as counted now, or not known', () => {
    const limits = { ...storeLimits, groups: 3 };
    let known = 0;
    let unknown = 0;
    fc.assert(
      fc.property(groupsOf(40), starts, fc.boolean(), (groups, window, hasTotal) => {
        const lists = keep(groups, keptFrom(window), limits);
        const perMinute = count(groups, window);
        for (const place of busiestMinutes({ perMinute }, 20)) {
          const minuteMs = window.fromMs + place * MINUTE_MS;
          const kept = partsOfKept(lists, minuteMs, hasTotal ? perMinute[place] : undefined);
          if (kept === undefined) unknown += 1;
          else {
            known += 1;
            expect(view(kept)).toEqual(view(partsOf(groups, minuteMs, SHOWN)));
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(known, unknown)).toBeGreaterThan(50);
  });

  test('the order in which groups were read does not matter', () => {
    fc.assert(
      fc.property(groupsOf(12), starts, (groups, window) => {
        const [place = 0] = busiestMinutes({ perMinute: count(groups, window) }, 1);
        const minuteMs = window.fromMs + place * MINUTE_MS;
        const [one, other] = [groups, groups.toReversed()].map((all) => view(partsOf(all, minuteMs, SHOWN)));
        expect(one).toEqual(other);
      }),
    );
  });

  describe('of more groups than all lists may have', () => {
    const groups = Array.from({ length: 1_440 }, (_, minute) =>
      [1, 10, 5].map((count, zone) =>
        cron(`${minute % 60} ${Math.floor(minute / 60)} * * *`, ['UTC', 'Etc/UTC', 'Etc/UCT'][zone]!, count),
      ),
    ).flat();
    const window = keptFrom({ fromMs: START_MS, untilMs: START_MS });

    test.each([
      ['number', { ...storeLimits, entries: 1_441 * 2 }],
      ['size', { ...storeLimits, sizeBytes: 1_441 * 60 }],
    ])('each list keeps the groups with the most runs, up to its part of the %s', (_, limits) => {
      const lists = keep(groups, window, limits);
      const jobsOf = lists.slice(0, OFTEN).map(({ entries }) => entries.map(([count]) => count));
      expect(new Set(jobsOf.map(String))).toEqual(new Set(['10,5']));
      expect(lists.slice(0, OFTEN).every(({ isCut }) => isCut)).toBe(true);
      expect(partsOfKept(lists, START_MS, 16)).toBeUndefined();
      expect(partsOfKept(lists, START_MS, 15)).toHaveLength(2);
    });
  });

  test('they are not known if this version cannot read the schedule of one of them', () => {
    const lists = [
      { entries: [[3, 'at noon', 'UTC'] as const, [1, '0 0 * * *', 'UTC'] as const], isCut: false },
    ];
    const asked = { minuteMs: START_MS, limit: SHOWN, total: undefined, open: openStored };
    expect(partsOfLists<StoredGroup>(lists, asked)).toBeUndefined();
  });
});
