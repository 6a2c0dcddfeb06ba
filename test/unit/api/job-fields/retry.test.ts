import { describe, expect, test } from 'vitest';
import { parseJobChanges, parseNewJob } from '../../../../lib/api/parse-job.ts';
import type { NewJob } from '../../../../lib/domain/job.ts';
import { loopbackPolicy as policy } from '../../../support/outgoing.ts';
import { errorsOf } from '../errors-of.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };

const parse = (fields: object): NewJob => parseNewJob({ ...minimal, ...fields }, policy);
const errors = (fields: object) => errorsOf(() => parse(fields));

describe('the retry policy of a request', () => {
  test('a backoff gets the default values for the fields that it leaves out', () => {
    const whole = { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: 0 };
    expect(parse({ retry: {} }).retry).toEqual(whole);
    expect(parse({ retry: { jitter: 0.5 } }).retry).toEqual({ ...whole, jitter: 0.5 });
    expect(parse({ retry: { initialMs: 600_000 } }).retry).toEqual({
      ...whole,
      initialMs: 600_000,
      maxMs: 600_000,
    });
    expect(parse({}).retry).toBeNull();
    expect(parse({ retry: null }).retry).toBeNull();
  });

  test('a list of delays sets the number of retries', () => {
    const retry = { delaysSeconds: [5, 300] };
    const parsed = { retry: { ...retry, jitter: 0 }, maxRetryCount: 2 };
    expect(parse({ retry })).toMatchObject(parsed);
    expect(parse({ retry, maxRetryCount: 2 })).toMatchObject(parsed);
    expect(errors({ retry, maxRetryCount: 3 })).toEqual([
      {
        field: 'maxRetryCount',
        message:
          'must be the number of delays in retry.delaysSeconds, which has 2, not 3; leave it out, or send as many delays',
      },
    ]);
  });

  const delays = 'must be an array of 1 to 100 integers from 0 to 86400, one for each retry';
  test.each([
    [{ initialMs: 99 }, 'retry.initialMs', 'must be an integer from 100 to 86400000'],
    [{ initialMs: '1000' }, 'retry.initialMs', 'must be an integer from 100 to 86400000'],
    [{ factor: 0.9 }, 'retry.factor', 'must be a number from 1 to 10'],
    [{ factor: null }, 'retry.factor', 'must be a number from 1 to 10'],
    [{ jitter: 1.1 }, 'retry.jitter', 'must be a number from 0 to 1'],
    [{ initialMs: 2_000, maxMs: 1_000 }, 'retry.maxMs', 'must be at least initialMs (2000), not 1000'],
    [{ delaysSeconds: [] }, 'retry.delaysSeconds', delays],
    [{ delaysSeconds: [1, 1.5] }, 'retry.delaysSeconds[1]', 'must be an integer from 0 to 86400'],
    [{ delaysSeconds: Array.from({ length: 101 }, () => 1) }, 'retry.delaysSeconds', delays],
    [
      { delaysSeconds: [1], maxMs: 1_000 },
      'retry.maxMs',
      'cannot be combined with delaysSeconds; send one or the other',
    ],
    [
      { delaysSeconds: [1], delay: 1 },
      'retry.delay',
      'is an unknown field; the fields are delaysSeconds, jitter',
    ],
    [
      { delay: 1 },
      'retry.delay',
      'is an unknown field; the fields are initialMs, factor, maxMs, jitter, delaysSeconds',
    ],
    ['1s', 'retry', 'must be {"initialMs", "factor", "maxMs", "jitter"}, {"delaysSeconds": [ … ]} or null'],
    [[1], 'retry', 'must be {"initialMs", "factor", "maxMs", "jitter"}, {"delaysSeconds": [ … ]} or null'],
  ])('the policy %j is refused with a remedy', (retry, field, message) => {
    expect(errors({ retry })).toContainEqual({ field, message });
  });

  test('waits of more than 7 days in total are refused', () => {
    const delaysSeconds = [86_400, 86_400, 86_400, 86_400, 86_400, 86_400, 86_400];
    expect(parse({ retry: { delaysSeconds } }).maxRetryCount).toBe(7);
    expect(errors({ retry: { delaysSeconds: [...delaysSeconds, 1] } })).toEqual([
      {
        field: 'retry',
        message:
          'would let 8 retries wait for 7.1 days in total; at most 7 days are allowed; send shorter waits, or fewer retries',
      },
    ]);
  });
});

describe('the other rules for attempts', () => {
  test('statuses, texts and ages are taken as they are given', () => {
    const given = { stopOn: [404, '5xx'], maxAgeSeconds: 60 };
    expect(parse({ ...given, success: { statuses: ['2xx', 409], contains: 'done' } })).toMatchObject({
      ...given,
      success: { statuses: ['2xx', 409], contains: 'done' },
    });
    expect(parse({ stopOn: [] }).stopOn).toEqual([]);
    expect(parse({ success: {} }).success).toEqual({ statuses: ['2xx'], contains: null });
    expect(parse({ success: { contains: 'done' } }).success).toEqual({ statuses: ['2xx'], contains: 'done' });
  });

  const statuses =
    'must be an array of at most 50 different status codes from 200 to 599, or classes such as "5xx"';
  const status = 'must be a status code from 200 to 599, or a class such as "5xx"';
  test.each([
    [{ stopOn: [199] }, 'stopOn[0]', status],
    [{ stopOn: ['1xx'] }, 'stopOn[0]', status],
    [{ stopOn: ['410'] }, 'stopOn[0]', status],
    [{ stopOn: [410, 410] }, 'stopOn[1]', 'repeats item 0; send each item once'],
    [{ success: { statuses: ['2xx', 0] } }, 'success.statuses[1]', status],
    [{ stopOn: 410 }, 'stopOn', statuses],
    [{ maxAgeSeconds: 0 }, 'maxAgeSeconds', 'must be an integer from 1 to 604800'],
    [{ maxAgeSeconds: 604_801 }, 'maxAgeSeconds', 'must be an integer from 1 to 604800'],
    [{ success: { statuses: [] } }, 'success.statuses', `${statuses}, and at least one`],
    [{ success: { contains: '' } }, 'success.contains', 'must be a string of 1 to 200 characters, or null'],
    [{ success: { status: 200 } }, 'success.status', 'is an unknown field; did you mean statuses?'],
    [{ success: ['2xx'] }, 'success', 'must be {"statuses": [ … ], "contains": "…"} or null'],
    [
      { success: { contains: 'a' }, method: 'HEAD' },
      'success.contains',
      'must be null for HEAD, whose responses have no body; send null, or use GET',
    ],
  ])('%j is refused with a remedy', (fields, field, message) => {
    expect(errors(fields)).toContainEqual({ field, message });
  });

  test('AT_MOST_ONCE refuses every option of retries, and accepts an age and a rule for success', () => {
    const message =
      'must be null for AT_MOST_ONCE, which never retries; send null, or the type AT_LEAST_ONCE';
    const type = 'AT_MOST_ONCE';
    expect(errors({ type, retry: { delaysSeconds: [1] }, stopOn: [404] })).toEqual([
      { field: 'retry', message },
      { field: 'stopOn', message },
    ]);
    expect(parse({ type, maxAgeSeconds: 60, success: { statuses: [409] } })).toMatchObject({ type });
  });
});

test('a change sets a field to null to get the default back, and ignores what it read', () => {
  const fields = { retry: null, maxAgeSeconds: null, stopOn: null, success: null };
  const { changes, readBack } = parseJobChanges(
    { ...fields, retriesLastSeconds: { min: 7, max: 7 } },
    policy,
  );
  expect(changes).toEqual(fields);
  expect(readBack).toMatchObject({ retriesLastSeconds: { min: 7, max: 7 } });
});

test('a new job must leave out how long its retries last', () => {
  expect(errors({ retriesLastSeconds: { min: 7, max: 7 } })).toEqual([
    { field: 'retriesLastSeconds', message: 'is read-only; leave it out' },
  ]);
});
