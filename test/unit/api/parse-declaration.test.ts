import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/domain/job.ts';
import { parseDeclaration } from '../../../lib/api/parse-declaration.ts';
import { parseNewJob } from '../../../lib/api/parse-job.ts';
import { errorsOf } from './errors-of.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';

const minimal = { schedule: '@daily', api: 'https://example.com/' };

const declare = (name: unknown, job: unknown = minimal) =>
  parseDeclaration({ Name: name, Job: JSON.stringify(job) }, loopbackPolicy);

describe('a declaration', () => {
  test('a declaration accepts the fields of a new job in the API', () => {
    const job = { ...minimal, name: 'for people', headers: { 'X-Tag': 'a' }, body: { a: [1] }, timeoutMs: 5 };
    expect(declare('nightly', job)).toEqual({ key: 'nightly', job: parseNewJob(job, loopbackPolicy) });
  });

  test.each([{}, { name: null }])(
    'a declared job without a name of its own gets the name of its declaration',
    (given) => {
      expect(declare('nightly', { ...minimal, ...given }).job).toEqual({
        ...parseNewJob(minimal, loopbackPolicy),
        name: 'nightly',
      });
    },
  );

  test.each(['a', 'x'.repeat(limits.nameLength), 'Täglich 🔔', ' ', "Robert'); drop table jobs;--"])(
    'a declaration may be called %j',
    (name) => {
      expect(declare(name).key).toBe(name);
    },
  );

  test.each([
    undefined,
    null,
    5,
    '',
    'x'.repeat(limits.nameLength + 1),
    'a\nb',
    'a\0',
    'a\u0085',
    'a\ud800',
    '\udc00a',
  ])('a declaration may not be called %j', (name) => {
    expect(errorsOf(() => declare(name))).toEqual([
      { field: 'Name', message: 'must be a string of 1 to 200 characters without control characters' },
    ]);
  });

  test('a declaration may have another key than its name, and no owner', () => {
    const { key, job } = declare('nightly', { ...minimal, key: 'reports/nightly' });
    expect([key, job.name]).toEqual(['reports/nightly', 'nightly']);
    expect(errorsOf(() => declare('nightly', { ...minimal, owner: 'team-a' }))).toMatchObject([
      { field: 'owner' },
    ]);
  });

  test('the errors of a declaration name each field, as in the API', () => {
    const job = { ...minimal, api: 'ftp://example.com', timeoutMs: '5', retries: 1 };
    expect(errorsOf(() => declare('nightly', job))).toEqual(errorsOf(() => parseNewJob(job, loopbackPolicy)));
    expect(errorsOf(() => declare('nightly', job)).map(({ field }) => field)).toEqual([
      'api',
      'timeoutMs',
      'retries',
    ]);
  });

  test('a declaration may not contain characters that PostgreSQL cannot store', () => {
    expect(errorsOf(() => declare('nightly', { ...minimal, body: ['a\0'] }))).toMatchObject([
      { field: 'body[0]', message: expect.stringContaining('NUL') },
    ]);
    const half = errorsOf(() => parseDeclaration({ Name: 'a', Job: '{"body":"\ud800"}' }, loopbackPolicy));
    expect(half).toMatchObject([{ field: 'body', message: expect.stringContaining('surrogate') }]);
  });

  test.each([
    ['nothing', undefined],
    ['an object', minimal],
    ['broken JSON', '{"headers":{"Authorization":"hunter2"},'],
    ['empty', ''],
    ['too long', JSON.stringify({ ...minimal, body: 'é'.repeat(limits.bodyBytes / 2) })],
  ])('a declaration whose job is %s is refused with what it must be, and without its content', (_, job) => {
    expect(errorsOf(() => parseDeclaration({ Name: 'nightly', Job: job }, loopbackPolicy))).toEqual([
      {
        field: 'Job',
        message: 'must be a job in JSON, as for POST /api/v1/jobs, of at most 1048576 bytes',
      },
    ]);
  });
});
