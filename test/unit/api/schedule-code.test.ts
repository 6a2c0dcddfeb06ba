import { describe, expect, test } from 'vitest';
import { parseJobChanges, parseNewJob, parseNewJobs } from '../../../lib/api/parse-job.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';

const NOW_MS = Date.parse('2030-03-04T10:00:00Z');
const minimal = { schedule: '@daily', api: 'https://example.com/' };

const forms: [string, (fields: object) => unknown][] = [
  ['a new job', (fields) => parseNewJob({ ...minimal, ...fields }, loopbackPolicy, NOW_MS)],
  ['a batch of one', (fields) => parseNewJobs([{ ...minimal, ...fields }], loopbackPolicy, NOW_MS)],
  ['a batch of two', (fields) => parseNewJobs([minimal, { ...minimal, ...fields }], loopbackPolicy, NOW_MS)],
  ['a change', (fields) => parseJobChanges(fields, loopbackPolicy)],
];

describe.each(forms)('the code of a mistake in %s', (_, parse) => {
  test.each([
    ['a wrong schedule', { schedule: '61 * * * *' }, 'INVALID_SCHEDULE'],
    ['a wrong time zone', { timeZone: 'Mars/Olympus' }, 'INVALID_SCHEDULE'],
    ['both', { schedule: '61 * * * *', timeZone: 'Mars/Olympus' }, 'INVALID_SCHEDULE'],
    ['a wrong schedule and a wrong method', { schedule: '61 * * * *', method: 'get' }, 'VALIDATION_ERROR'],
    ['an empty schedule', { schedule: '' }, 'INVALID_SCHEDULE'],
    ['a schedule that is not a string', { schedule: 5 }, 'INVALID_SCHEDULE'],
    ['a time zone that is not a string', { timeZone: null }, 'INVALID_SCHEDULE'],
    [
      'a schedule that is too long and a wrong time zone',
      { schedule: '*'.repeat(201), timeZone: 'Mars' },
      'INVALID_SCHEDULE',
    ],
    [
      'an instant that recurs',
      { schedule: '2031-05-01T12:00:00Z', isRecurring: true, method: 'get' },
      'VALIDATION_ERROR',
    ],
    ['a wrong method', { method: 'get' }, 'VALIDATION_ERROR'],
  ])('%s', (_title, fields, code) => {
    expect(() => parse(fields)).toThrow(expect.objectContaining({ code }));
  });
});

test.each(forms.slice(0, 3))(
  'a local instant without a time zone in %s is an invalid schedule',
  (_, parse) => {
    expect(() => parse({ schedule: '2031-05-01T12:00:00' })).toThrow(
      expect.objectContaining({ code: 'INVALID_SCHEDULE' }),
    );
  },
);
