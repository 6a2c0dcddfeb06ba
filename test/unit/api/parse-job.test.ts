import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as parsers from '../../../lib/api/parse-job.ts';
import { errorsOf } from './errors-of.ts';
import { loopbackPolicy, policyOf } from '../../support/outgoing.ts';

const NOW_MS = Date.parse('2030-03-04T10:00:00Z');
const parseNewJob = (json: unknown) => parsers.parseNewJob(json, loopbackPolicy, NOW_MS);
const parseNewJobs = (json: unknown) => parsers.parseNewJobs(json, loopbackPolicy, NOW_MS);
const parseJobChanges = (json: unknown) => parsers.parseJobChanges(json, loopbackPolicy).changes;

const minimal = { schedule: '@daily', api: 'https://example.com/' };

/** One field of a job, an invalid value of it, and part of the message to the client. */
const wrong: [string, unknown, string][] = [
  ['name', 5, 'must be a string of at most 200 characters'],
  ['name', 'x'.repeat(201), 'at most 200'],
  ['name', '\u{1f514}'.repeat(201), 'at most 200'],
  ['description', '\u{1f514}'.repeat(2_001), 'at most 2000'],
  ['name', 'a\nb', 'without control characters'],
  ['name', 'a\u0085', 'without control characters'],
  ['description', 'x'.repeat(2_001), 'at most 2000'],
  ['description', ['a'], 'must be a string'],
  ['schedule', '', 'a cron expression'],
  ['schedule', null, 'a cron expression'],
  ['schedule', 'x'.repeat(201), 'at most 200 characters'],
  ['schedule', '0 0 12 ? * 2-6', 'in Belfry, 0 and 7 are Sunday'],
  ['timeZone', '', 'Europe/Berlin'],
  ['timeZone', 'x'.repeat(101), 'IANA'],
  ['api', 'ftp://example.com', 'must be an http or https URL'],
  ['api', null, 'must be an http or https URL'],
  ['method', 'get', 'must be one of GET, HEAD, POST'],
  ['method', 'CONNECT', 'must be one of GET, HEAD, POST'],
  ['headers', null, 'must be an object'],
  ['headers', [], 'must be an object'],
  ['type', 'EXACTLY_ONCE', 'must be one of AT_LEAST_ONCE, AT_MOST_ONCE'],
  ['isRecurring', 'true', 'must be a boolean, true or false'],
  ['isRecurring', null, 'must be a boolean, true or false'],
  ['maxRetryCount', -1, 'must be an integer from 0 to 100'],
  ['maxRetryCount', 101, 'must be an integer from 0 to 100'],
  ['maxRetryCount', 1.5, 'must be an integer from 0 to 100'],
  ['maxRetryCount', '3', 'must be an integer from 0 to 100'],
  ['maxRetryCount', Infinity, 'must be an integer from 0 to 100'],
  ['timeoutMs', 0, 'must be an integer from 1 to 90000'],
  ['timeoutMs', 90_001, 'must be an integer from 1 to 90000'],
  ['isActive', 1, 'must be a boolean, true or false'],
  ['key', '', 'must be a string of 1 to 200 characters'],
  ['key', '..', 'which no URL can contain'],
  ['key', 'a\n', 'without control characters'],
  ['key', 'a'.repeat(201), 'of 1 to 200 characters'],
  ['group', '', 'must be a string of 1 to 64 characters'],
  ['owner', 5, 'must be a string of 1 to 200 characters'],
  ['__proto__', 1, 'is an unknown field; the fields are key, name, '],
  ['constructor', 1, 'is an unknown field'],
  ['timezone', 'Europe/Berlin', 'is an unknown field; did you mean timeZone?'],
  ['time_zone', 'Europe/Berlin', 'did you mean timeZone?'],
  ['retryCount', 5, 'did you mean maxRetryCount?'],
  ['timeout', 5, 'did you mean timeoutMs?'],
  ['active', true, 'did you mean isActive?'],
  ['schedule', '61 * * * *', '61'],
  ['timeZone', 'Europe/Berln', 'time zone'],
  ['api', 'example.com/x?token=1', 'did you mean https://example.com/…?'],
  ['api', '//example.com', 'did you mean https://example.com?'],
  ['api', 'localhost:3000/hook', 'did you mean https://localhost:3000/…?'],
  ['api', 'https://example.com/'.padEnd(2_049, 'x'), 'at most 2048 characters'],
];

test('a field that Belfry sets is refused in a new job', () => {
  expect(errorsOf(() => parseNewJob(withField('id', 1)))).toEqual([
    { field: 'id', message: 'is read-only; leave it out' },
  ]);
});

test('all mistakes of a job are reported together', () => {
  const job = {
    schedule: '61 * * * *',
    api: 'http://169.254.169.254/',
    name: 5,
    timezone: 'Europe/Berlin',
    type: 'AT_MOST_ONCE',
    maxRetryCount: 3,
  };
  const fields = (parse: () => unknown) => errorsOf(parse).map(({ field, index }) => [index, field]);
  const expected = ['name', 'timezone', 'api', 'schedule', 'maxRetryCount'];
  expect(fields(() => parsers.parseNewJob(job, policyOf(''), NOW_MS))).toEqual(
    expected.map((field) => [undefined, field]),
  );
  expect(fields(() => parsers.parseNewJobs([minimal, job], policyOf(''), NOW_MS))).toEqual(
    expected.map((field) => [1, field]),
  );
  const { maxRetryCount: _, ...patch } = job;
  expect(fields(() => parsers.parseJobChanges(patch, policyOf('')))).toEqual(
    expected.slice(0, -1).map((field) => [undefined, field]),
  );
});

test('a mistake in one field is not reported for a related field', () => {
  const job = {
    ...minimal,
    schedule: '2031-05-01T12:00:00',
    timeZone: 5,
    headers: 5,
    secretHeaders: ['X-A'],
  };
  expect(errorsOf(() => parseNewJob(job)).map(({ field }) => field)).toEqual(['timeZone', 'headers']);
});

describe('a job with an instant as its schedule', () => {
  test('an instant without an offset needs a time zone', () => {
    const schedule = '2031-05-01T12:00:00';
    expect(errorsOf(() => parseNewJob({ ...minimal, schedule }))).toEqual([
      { field: 'schedule', message: expect.stringContaining('or set timeZone') },
    ]);
    expect(parseNewJob({ ...minimal, schedule, timeZone: 'UTC' })).toMatchObject({
      schedule,
      isRecurring: false,
    });
  });

  test('an instant may be up to 5 s in the past', () => {
    expect(parseNewJob({ ...minimal, schedule: '2030-03-04T09:59:56Z' })).toBeDefined();
    expect(errorsOf(() => parseNewJob({ ...minimal, schedule: '2030-03-04T09:59:55Z' }))).toMatchObject([
      { field: 'schedule', message: expect.stringContaining('is in the past') },
    ]);
  });

  test('blanks around an instant are accepted, and not stored', () => {
    expect(parseNewJob({ ...minimal, schedule: ' 2031-05-01T12:00:00Z\n' })).toMatchObject({
      schedule: '2031-05-01T12:00:00Z',
      isRecurring: false,
    });
    expect(parseJobChanges({ schedule: '  @daily ' })).toEqual({ schedule: '@daily' });
  });
});

test('a URL is measured in characters, as JSON Schema counts them', () => {
  const api = `https://example.com/${'\u{1f514}'.repeat(2_028)}`;
  expect(parseNewJob({ ...minimal, api })).toMatchObject({ api });
  expect(errorsOf(() => parseNewJob({ ...minimal, api: `${api}x` }))).toMatchObject([{ field: 'api' }]);
});

test('fields that Belfry sets are taken out of a patch, so that they can be compared with the job', () => {
  const json = { id: 1, nextExecutionTime: null, createdAt: 'a', updatedAt: 'b', name: 'c' };
  const { name, ...readBack } = json;
  expect(parsers.parseJobChanges(json, loopbackPolicy)).toEqual({ changes: { name }, readBack });
});

test('an unknown field whose name is empty is still named', () => {
  expect(errorsOf(() => parseNewJob(withField('', 1)))).toMatchObject([{ field: '""' }]);
  expect(errorsOf(() => parseNewJobs([withField('', 1)]))).toMatchObject([{ field: '""', index: 0 }]);
});

const withField = (field: string, value: unknown) =>
  Object.fromEntries([...Object.entries(minimal), [field, value]]);

describe('a new job', () => {
  test.each(wrong)(
    'a new job with %s %j is refused, and the message says what is allowed',
    (field, value, remedy) => {
      const errors = errorsOf(() => parseNewJob(withField(field, value)));
      expect(errors).toMatchObject([{ field, message: expect.stringContaining(remedy) }]);
    },
  );

  test.each([
    ['name', 'x'.repeat(200)],
    // One character each to JSON Schema and to PostgreSQL, two to JavaScript.
    ['name', '\u{1f514}'.repeat(200)],
    ['description', '\u{1f514}'.repeat(2_000)],
    ['name', null],
    ['description', 'lines\nand\ttabs'],
    ['schedule', `0${' '.repeat(192)}9 * * *`],
    ['maxRetryCount', 0],
    ['maxRetryCount', 100],
    ['timeoutMs', 1],
    ['timeoutMs', 90_000],
  ])('a new job may have %s %j', (field, value) => {
    expect(parseNewJob(withField(field, value))).toMatchObject({ [field]: value });
  });

  test.each(['as it is', [1, { a: null }], null, 0, {}])('a new job has the body %j as JSON', (body) => {
    expect(parseNewJob({ ...minimal, body }).body).toBe(JSON.stringify(body));
  });

  test('a new job needs a schedule and a URL', () => {
    expect(errorsOf(() => parseNewJob({}))).toMatchObject([
      {
        field: 'schedule',
        message: expect.stringMatching(
          /^is missing; it must be a string of at most 200 characters: a cron expression/,
        ),
      },
      { field: 'api', message: expect.stringMatching(/^is missing; it must be an http or https URL/) },
    ]);
  });

  test.each([
    [minimal, true, 3],
    [{ ...minimal, schedule: '2031-01-01T00:00:00Z' }, false, 3],
    [{ ...minimal, isRecurring: false }, false, 3],
    [{ ...minimal, type: 'AT_MOST_ONCE' }, true, 0],
    [{ ...minimal, maxRetryCount: 0 }, true, 0],
  ])('the job %j has isRecurring %j and %i retries', (json, isRecurring, maxRetryCount) => {
    expect(parseNewJob(json)).toMatchObject({ isRecurring, maxRetryCount });
  });

  test('the rules between the fields of a new job are checked', () => {
    const json = { ...minimal, type: 'AT_MOST_ONCE', maxRetryCount: 1 };
    expect(errorsOf(() => parseNewJob(json))).toMatchObject([{ field: 'maxRetryCount' }]);
  });

  test('errors about headers and places in the body have a path', () => {
    const json = { ...minimal, headers: { Host: 'a' }, body: { a: [1, { b: Infinity }] } };
    expect(errorsOf(() => parseNewJob(json)).map(({ field }) => field)).toEqual([
      'headers.Host',
      'body.a[1].b',
    ]);
  });

  test('a hostile number of unknown fields is reported in few words', () => {
    const json = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, 1]));
    const errors = errorsOf(() => parseNewJob({ ['k'.repeat(10_000)]: 1, ...minimal, ...json }));
    expect(errors).toHaveLength(20);
    expect(errors.every(({ field }) => field.length <= 100)).toBe(true);
  });

  test('a parsed job can be sent back', () => {
    const jobs = fc.record(
      {
        schedule: fc.constant(minimal.schedule),
        api: fc.constant(minimal.api),
        name: fc.constantFrom(null, 'a'),
        // JSON has no -0 to send back.
        body: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
        timeoutMs: fc.integer({ min: 1, max: 90_000 }),
        isActive: fc.boolean(),
      },
      { requiredKeys: ['schedule', 'api'] },
    );
    fc.assert(
      fc.property(jobs, (json) => {
        const job = parseNewJob(json);
        const sentBack = { ...job, body: JSON.parse(job.body) };
        expect(parseNewJob(JSON.parse(JSON.stringify(sentBack)))).toEqual(job);
      }),
    );
  });
});

describe('a patch', () => {
  test.each(wrong)(
    'a patch with %s %j is refused, and the message says what is allowed',
    (field, value, remedy) => {
      const errors = errorsOf(() => parseJobChanges(Object.fromEntries([[field, value]])));
      expect(errors).toMatchObject([{ field, message: expect.stringContaining(remedy) }]);
    },
  );

  test('a patch contains the given fields and no defaults', () => {
    expect(parseJobChanges({ timeoutMs: 5 })).toEqual({ timeoutMs: 5 });
    const cleared = { name: null, description: null, body: null };
    expect(parseJobChanges(cleared)).toEqual({ ...cleared, body: 'null' });
    expect(parseJobChanges({ isActive: false, headers: {} })).toEqual({ isActive: false, headers: {} });
  });

  test('the rules between fields are left to the code that has the stored job', () => {
    const changes = { type: 'AT_MOST_ONCE', maxRetryCount: 1 };
    expect(parseJobChanges(changes)).toEqual(changes);
  });

  test('a patch must change something', () => {
    const [error] = errorsOf(() => parseJobChanges({}));
    expect(error).toMatchObject({ field: 'body', message: expect.stringContaining('at least one field') });
  });

  test('a patch with read-only fields alone names them', () => {
    expect(errorsOf(() => parsers.parseJobChanges({ id: 5, createdAt: null }, policyOf('')))).toEqual([
      {
        field: 'body',
        message: 'changes nothing (id, createdAt: read-only); send at least one field to change',
      },
    ]);
  });

  test.each([[[]], [null], ['text'], [5]])('%j is not a patch', (json) => {
    expect(errorsOf(() => parseJobChanges(json))).toMatchObject([{ field: 'body' }]);
  });
});

test('a wrong time zone does not hide a mistake in the schedule', () => {
  const errors = errorsOf(() => parseNewJob({ ...minimal, schedule: '61 * * * *', timeZone: 'Mars' }));
  expect(errors.map(({ field }) => field)).toEqual(['timeZone', 'schedule']);
  expect(errors[0]?.message).toContain('"Mars" is not a time zone');
  expect(errors[1]?.message).toContain('minute 61');
});
