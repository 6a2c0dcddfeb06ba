import { showLocal } from '../local-time.ts';
import type { CronSchedule, Schedule } from '../schedule.ts';
import { describeDays, describeYears } from './day-words.ts';
import { join } from './lists.ts';
import { describeTimes } from './time-words.ts';

/**
 * Describes a schedule in plain English: "at 09:00 every day from Monday to Friday, Europe/Berlin time".
 *
 * The words come from the compiled schedule, and not from its text, so they cover every form that is accepted, and two
 * schedules have the same words only if they have the same times. (Libraries such as cronstrue describe the text, and other
 * grammars: a step that does not fill the hour, both day fields, W, and AWS's days of the week come out wrong.) What a change
 * of the clock does is not part of the words: see clock-notes.ts.
 */
export function describeSchedule(schedule: Schedule, timeZone: string): string {
  switch (schedule.kind) {
    case 'interval':
      return `${describeInterval(schedule.everyMs)}, counted from the creation of the job`;
    case 'once':
      return `once, at ${showLocal(schedule.atMs, timeZone).replace('T', ' ')} (${timeZone})`;
    case 'cron':
      return describeCron(schedule);
  }
}

function describeCron(cron: CronSchedule): string {
  const days = describeDays(cron);
  const times = describeTimes(cron);
  const isAllDay = cron.hours.length === 24 || times.endsWith('from 00:00');
  const parts = [describeTimes(cron), days ?? (isAllDay ? undefined : 'every day'), describeYears(cron)];
  const zone = cron.timeZone.toUpperCase() === 'UTC' ? 'UTC' : `${cron.timeZone} time`;
  return `${parts.filter((part) => part !== undefined).join(' ')}, ${zone}`;
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Describes a duration: "every minute", "every 1 hour and 30 minutes". */
function describeInterval(everyMs: number): string {
  let rest = everyMs / 1_000;
  const amounts = units.flatMap(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return amount === 0 ? [] : [{ amount, unit }];
  });
  const [only, ...others] = amounts;
  if (only?.amount === 1 && others.length === 0) return `every ${only.unit}`;
  return `every ${join(amounts.map(({ amount, unit }) => `${amount} ${unit}${amount === 1 ? '' : 's'}`))}`;
}
