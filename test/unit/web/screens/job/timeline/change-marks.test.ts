import { expect, test } from 'vitest';
import { makeChangeMarks } from '../../../../../../web/screens/job/timeline/change-marks.ts';

const between = (
  from: string,
  until: string,
  jobZone: string,
  viewerZone: string,
  notes: { at: string; note: string }[] = [],
) =>
  makeChangeMarks({
    fromMs: Date.parse(from),
    untilMs: Date.parse(until),
    jobZone,
    viewerZone,
    notes: notes.map((note) => ({ ...note, effect: 'MOVED', times: 1 })),
  });

test('a change of the job’s clock has the sentence of the API about its effect', () => {
  const at = '2027-03-28T01:00:00.000Z';
  const marks = between('2027-03-20T00:00:00Z', '2027-04-05T00:00:00Z', 'Europe/Berlin', 'Europe/Berlin', [
    { at, note: '02:30 does not exist.' },
  ]);
  expect(marks).toMatchObject([
    {
      atMs: Date.parse(at),
      label: '+1 h',
      sentence: 'Europe/Berlin: 02:30 does not exist.',
    },
  ]);
});

test('a change of the viewer’s clock says that the runs show at another time from then on', () => {
  const marks = between('2027-11-01T00:00:00Z', '2027-11-20T00:00:00Z', 'Europe/Berlin', 'America/New_York');
  expect(marks.map(({ sentence }) => sentence)).toEqual([
    '7 Nov 2027: the clock in America/New_York goes back from 02:00 to 01:00. From then until the next change, your clock shows these runs 1 h earlier.',
  ]);
});

test('two clocks that change at the same instant keep their distance, and have no sentence about an effect', () => {
  const marks = between('2027-03-20T00:00:00Z', '2027-04-05T00:00:00Z', 'Europe/Berlin', 'Europe/Paris');
  expect(marks.map(({ sentence }) => sentence.includes('From then'))).toEqual([false, false]);
});

test('a span of many years shows only changes that affect the schedule', () => {
  const marks = between('2027-01-01T00:00:00Z', '2037-01-01T00:00:00Z', 'Europe/Berlin', 'America/New_York', [
    { at: '2027-03-28T01:00:00.000Z', note: 'It moves.' },
  ]);
  expect(marks.map(({ atMs }) => new Date(atMs).toISOString())).toEqual(['2027-03-28T01:00:00.000Z']);
});
