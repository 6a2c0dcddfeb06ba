import * as fc from 'fast-check';
import type { CronJobs, LoadWindow } from '../../../../lib/domain/load/load.ts';
import { parseSchedule } from '../../../../lib/domain/schedule/parse-schedule.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export const cronJobs = (expression: string, timeZone: string, jobs: number): CronJobs => {
  const cron = parseSchedule(expression, timeZone);
  if (cron.kind !== 'cron') throw new Error(`${expression} is not a cron`);
  return { cron, jobs };
};

export const windowOf = (from: string, hours: number): LoadWindow => {
  const fromMs = Date.parse(from);
  return { fromMs, untilMs: fromMs + hours * HOUR_MS };
};

const fields = {
  second: fc.constantFrom('0', '30', '*/15', '5,59'),
  minute: fc.constantFrom('*', '*/15', '0', '30', '15,45', '59', '*/7', '10-20'),
  hour: fc.constantFrom('*', '*/2', '0', '1', '2', '3', '1-3', '0,2,23', '9'),
  dayOfMonth: fc.constantFrom('*', '28', 'L', '1,31', '15W', '*/2', '25-31'),
  month: fc.constantFrom('*', '3', '10', '3,10,11'),
  dayOfWeek: fc.constantFrom('*', 'SUN', 'SUNL', 'MON#1', 'SAT,SUN', '1-5'),
};
export const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Beirut'];
/** Crons with their time zone and number of jobs. */
export const schedules = fc
  .tuple(
    fields.second,
    fields.minute,
    fields.hour,
    fields.dayOfMonth,
    fields.month,
    fields.dayOfWeek,
    fc.constantFrom(...zones),
    fc.integer({ min: 1, max: 5 }),
  )
  .map(([second, minute, hour, day, month, weekday, timeZone, jobs]) => ({
    schedule: [second, minute, hour, day, month, weekday].join(' '),
    timeZone,
    jobs,
  }));

export const crons = schedules.map(({ schedule, timeZone, jobs }) => cronJobs(schedule, timeZone, jobs));

// Around each change of the clock of these zones, also in the middle of it.
export const starts = fc
  .tuple(
    fc.constantFrom(
      '2027-03-14',
      '2027-03-28',
      '2027-04-04',
      '2027-10-03',
      '2027-10-30',
      '2027-10-31',
      '2027-11-07',
    ),
    fc.integer({ min: -1_440, max: 1_440 }),
    fc.constantFrom(1, 5, 30, 72),
  )
  .map(([day, minutes, hours]) =>
    windowOf(new Date(Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE_MS).toISOString(), hours),
  );
