import { isInterval } from './parse-interval.ts';

const fromWords = new Map([
  ['second', { step: '*/N * * * * *', one: '* * * * * *', letter: 's', cycle: 60 }],
  ['minute', { step: '*/N * * * *', one: '* * * * *', letter: 'm', cycle: 60 }],
  ['hour', { step: '0 */N * * *', one: '0 * * * *', letter: 'h', cycle: 24 }],
  ['day', { step: undefined, one: '0 0 * * *', letter: 'd', cycle: 1 }],
]);

/**
 * Suggests what to write instead of a form that other schedulers accept and Belfry does not. Returns undefined if the
 * text has no such form. The hint follows the schedule in a sentence: `"PT5M" is an ISO 8601 duration; write @every
 * 5m`.
 */
export function findHint(text: string): string | undefined {
  if (/^(?:CRON_)?TZ=/i.test(text)) {
    return 'contains a time zone; remove it, and set timeZone instead';
  }
  if (/^@reboot$/i.test(text)) {
    return 'has no time, and Belfry does not run jobs at a start; write a cron or an instant';
  }
  const duration = /^P(?=.)(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/i.exec(
    text,
  );
  if (duration !== null) {
    const parts = duration
      .slice(1)
      .map((amount, unit) => (amount === undefined ? '' : amount + 'dhms'.charAt(unit)));
    return `is an ISO 8601 duration; ${writeEvery(parts.join(''))}`;
  }
  if (/^P[\dT]/i.test(text)) return 'is an ISO 8601 duration; write it as in @every 1h30m';
  return hintFromWords(text);
}

function hintFromWords(text: string): string | undefined {
  const [, digits, unit = ''] = /^every\s+(?:(\d{1,9})\s*)?(second|minute|hour|day)s?$/i.exec(text) ?? [];
  const forms = fromWords.get(unit.toLowerCase());
  if (forms !== undefined) {
    const count = Number(digits ?? 1);
    if (count === 1) return `is a phrase; write ${forms.one}`;
    const isEven = forms.step !== undefined && forms.cycle % count === 0 && count < forms.cycle;
    return `is a phrase; ${isEven ? `write ${forms.step.replace('N', String(count))}` : writeEvery(`${count}${forms.letter}`)}`;
  }
  return /^(?:every|each|at)\s+[a-z0-9]/i.test(text)
    ? 'is a phrase; write a cron, as in 0 9 * * MON-FRI, or @every 90s'
    : undefined;
}

/** Says how to write an interval, or which intervals are possible. */
const writeEvery = (duration: string): string =>
  isInterval(duration) ? `write @every ${duration}` : 'use @every with a duration from 1s to 366d';

/**
 * Describes what is ambiguous about a new schedule. Quartz has six fields with `?`, which Belfry accepts, but counts
 * days of the week from 1 for Sunday, and Belfry does not. Stored schedules keep their meaning.
 */
export function findQuartzWeekday(expression: string): string | undefined {
  const fields = expression.trim().split(/[ \t]+/);
  const [, , , dayOfMonth, , dayOfWeek = ''] = fields;
  if (fields.length !== 6 || dayOfMonth !== '?' || !/(?:^|[,-])\d/.test(dayOfWeek)) return undefined;
  return (
    `"${expression.trim()}" has day of week "${dayOfWeek}" and a ?, as in Quartz, where 1 is Sunday; ` +
    'in Belfry, 0 and 7 are Sunday, and 6 is Saturday. Write names, as in MON-FRI, or * instead of ?'
  );
}
