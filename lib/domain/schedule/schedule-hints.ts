const fromWords = new Map([
  ['second', { step: '*/N * * * * *', one: '* * * * * *', letter: 's', cycle: 60 }],
  ['minute', { step: '*/N * * * *', one: '* * * * *', letter: 'm', cycle: 60 }],
  ['hour', { step: '0 */N * * *', one: '0 * * * *', letter: 'h', cycle: 24 }],
  ['day', { step: undefined, one: '0 0 * * *', letter: 'd', cycle: 1 }],
]);

/**
 * What to write in place of a form that other schedulers read and Belfry does not; undefined where the text looks like none of
 * them. It follows the schedule in a sentence: `"PT5M" is an ISO 8601 duration; write @every 5m`.
 */
export function findHint(text: string): string | undefined {
  if (/^(?:CRON_)?TZ=/i.test(text)) {
    return 'names a time zone; leave that out, and name it in timeZone';
  }
  if (/^@reboot$/i.test(text)) {
    return 'has no time; nothing is started here that a job could follow. Write a cron, or an instant';
  }
  const duration = /^P(?=.)(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/i.exec(
    text,
  );
  if (duration !== null) {
    const parts = duration
      .slice(1)
      .map((amount, unit) => (amount === undefined ? '' : amount + 'dhms'.charAt(unit)));
    return `is an ISO 8601 duration; write @every ${parts.join('')}`;
  }
  if (/^P[\dT]/i.test(text)) return 'is an ISO 8601 duration; write it as in @every 1h30m';
  return hintFromWords(text);
}

function hintFromWords(text: string): string | undefined {
  const [, digits, unit = ''] = /^every\s+(?:(\d{1,9})\s*)?(second|minute|hour|day)s?$/i.exec(text) ?? [];
  const forms = fromWords.get(unit.toLowerCase());
  if (forms !== undefined) {
    const count = Number(digits ?? 1);
    if (count === 1) return `is words; write ${forms.one}`;
    const isEven = forms.step !== undefined && forms.cycle % count === 0 && count < forms.cycle;
    return `is words; write ${isEven ? forms.step.replace('N', String(count)) : `@every ${count}${forms.letter}`}`;
  }
  return /^(?:every|each|at)\s+[a-z0-9]/i.test(text)
    ? 'is words; write a cron, as in 0 9 * * MON-FRI, or @every 90s'
    : undefined;
}

/**
 * What is ambiguous about a new schedule: Quartz writes six fields with `?`, as Belfry reads them, and counts days of the
 * week from 1 for Sunday, as Belfry does not. Stored schedules keep the meaning that they had.
 */
export function findQuartzWeekday(expression: string): string | undefined {
  const fields = expression.trim().split(/[ \t]+/);
  const [, , , dayOfMonth, , dayOfWeek = ''] = fields;
  if (fields.length !== 6 || dayOfMonth !== '?' || !/(?:^|[,-])\d/.test(dayOfWeek)) return undefined;
  return (
    `"${expression.trim()}" has day of week "${dayOfWeek}" next to ?, as Quartz writes it, which counts from 1 for Sunday; ` +
    'here 0 and 7 are Sunday and 6 is Saturday. Write names, as in MON-FRI, or * for ?'
  );
}
