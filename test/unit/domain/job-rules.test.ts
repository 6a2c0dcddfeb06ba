import { expect, test } from 'vitest';
import type { NewJob } from '../../../lib/domain/job.ts';
import { checkJobRules } from '../../../lib/domain/job-rules.ts';
import { isOneTimeSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';
import { parseNewJob } from '../../../lib/api/parse-job.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';

const job = parseNewJob({ schedule: '@daily', api: 'https://example.com/' }, loopbackPolicy);

test.each([
  [{}, undefined, ''],
  [{ method: 'POST', body: '"a"' }, undefined, ''],
  [{ method: 'DELETE', body: '"a"' }, undefined, ''],
  [{ method: 'GET', body: 'null' }, undefined, ''],
  [{ method: 'GET', body: '""' }, 'body', 'must be null for GET'],
  [{ method: 'HEAD', body: 'false' }, 'body', 'must be null for HEAD'],
  [{ type: 'AT_MOST_ONCE', maxRetryCount: 0 }, undefined, ''],
  [{ type: 'AT_MOST_ONCE', maxRetryCount: 1 }, 'maxRetryCount', 'send 0, or the type AT_LEAST_ONCE'],
  [{ type: 'AT_LEAST_ONCE', maxRetryCount: 100 }, undefined, ''],
  [{ schedule: '2031-01-01T00:00:00Z', isRecurring: false }, undefined, ''],
  [{ schedule: '2031-01-01T00:00:00Z', isRecurring: true }, 'isRecurring', 'send false'],
  [{ schedule: '@daily', isRecurring: false }, undefined, ''],
] as [Partial<NewJob>, string | undefined, string][])(
  '%j breaks the rule of %s',
  (changes, field, remedy) => {
    const errors = checkJobRules({ ...job, ...changes });
    expect(errors.map((error) => error.field)).toEqual(field === undefined ? [] : [field]);
    expect(errors.map((error) => error.message).join()).toContain(remedy);
  },
);

test('every broken rule is reported', () => {
  const broken: Partial<NewJob> = {
    method: 'GET',
    body: '1',
    type: 'AT_MOST_ONCE',
    schedule: '2031-01-01T00:00Z',
  };
  const fields = checkJobRules({ ...job, ...broken }).map(({ field }) => field);
  expect(fields).toEqual(['body', 'maxRetryCount', 'isRecurring']);
});

test.each([
  ['2031-01-01T00:00:00Z', true],
  ['2031-nonsense', true],
  ['*/5 * * * *', false],
  ['0-5 * * * *', false],
  ['@every 90s', false],
  ['203-01-01', false],
  [' 2031-01-01', true],
])('whether %j is an instant: %j', (schedule, expected) => {
  expect(isOneTimeSchedule(schedule)).toBe(expected);
});
