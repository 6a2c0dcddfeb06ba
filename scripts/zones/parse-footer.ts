/** A day of a month by its weekday, and the wall time of the change; `week` 5 is the last, weekday 0 Sunday. */
type ChangeDay = { month: number; week: number; weekday: number; seconds: number };

export type FooterRule = {
  standardOffset: number;
  /** Undefined where the offset no longer changes. Offsets are seconds east of UTC. */
  daylight: { offset: number; from: ChangeDay; to: ChangeDay } | undefined;
};

const offsetForm = String.raw`[+-]?\d{1,2}(?::\d\d){0,2}`;
const nameForm = String.raw`(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)`;
const dayForm = String.raw`M\d{1,2}\.[1-5]\.[0-6](?:/[+-]?\d{1,3}(?::\d\d){0,2})?`;
const footerForm = new RegExp(
  `^${nameForm}(?<standard>${offsetForm})(?:${nameForm}(?<daylight>${offsetForm})?,(?<from>${dayForm}),(?<to>${dayForm}))?$`,
);

/**
 * Reads the TZ string of POSIX at the end of a TZif file, with the hours of -167 to 167 that RFC 8536 adds. Throws an Error for
 * days given by their number (`J60`), which no zone has today.
 */
export function parseFooter(text: string): FooterRule {
  const parts = footerForm.exec(text)?.groups;
  if (parts?.['standard'] === undefined) throw new Error(`cannot read the footer "${text}"`);
  const { standard, daylight, from, to } = parts;
  // POSIX counts offsets to the west.
  const standardOffset = 0 - seconds(standard);
  if (from === undefined || to === undefined) return { standardOffset, daylight: undefined };
  const offset = daylight === undefined ? standardOffset + 3_600 : 0 - seconds(daylight);
  return { standardOffset, daylight: { offset, from: changeDay(from), to: changeDay(to) } };
}

function changeDay(text: string): ChangeDay {
  const [day = '', time = '2'] = text.slice(1).split('/');
  const [month = NaN, week = NaN, weekday = NaN] = day.split('.').map(Number);
  return { month, week, weekday, seconds: seconds(time) };
}

function seconds(text: string): number {
  const [hours = 0, minutes = 0, rest = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  const total = (hours * 60 + minutes) * 60 + rest;
  return text.startsWith('-') ? -total : total;
}
