import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../../lib/domain/errors.ts';
import * as parsers from '../../../lib/api/parse-job.ts';
import { errorsOf } from './errors-of.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';

const NOW_MS = Date.parse('2030-03-04T10:00:00Z');
const parseNewJobs = (json: unknown) => parsers.parseNewJobs(json, loopbackPolicy, NOW_MS);

const minimal = { schedule: '@daily', api: 'https://example.com/' };

describe('a batch', () => {
  test('a batch may have 1,000 jobs', () => {
    const jobs = Array.from({ length: 1_000 }, (_, index) => ({ ...minimal, name: String(index) }));
    expect(parseNewJobs({ jobs }).map(({ name }) => name)).toEqual(jobs.map(({ name }) => name));
    expect(errorsOf(() => parseNewJobs([...jobs, minimal]))).toMatchObject([
      { field: 'jobs', message: expect.stringContaining('1 to 1000') },
    ]);
  });

  test.each([[[]], [{ jobs: [] }], [{ jobs: {} }], [{ jobs: null }], [{}], [null], ['a'], [minimal]])(
    '%j is not a batch',
    (json) => {
      const [error] = errorsOf(() => parseNewJobs(json));
      expect(error).toMatchObject({ field: 'jobs', message: expect.stringContaining('1 to 1000 jobs') });
    },
  );

  test('a batch has only the field jobs', () => {
    const errors = errorsOf(() => parseNewJobs({ jobs: [minimal], dryRun: true }));
    expect(errors).toMatchObject([{ field: 'dryRun', message: 'is an unknown field; the fields are jobs' }]);
  });

  test.each([
    ['bare', (jobs: unknown[]) => jobs],
    ['wrapped', (jobs: unknown[]) => ({ jobs })],
  ])('a batch names each bad item by its index (%s)', (_, wrap) => {
    const jobs = [
      minimal,
      { ...minimal, timeoutMs: 0 },
      minimal,
      7,
      { api: 'x', extra: 1 },
      { ...minimal, method: 'GET', body: 1 },
    ];
    expect(() => parseNewJobs(wrap(jobs))).toThrow(ValidationError);
    expect(errorsOf(() => parseNewJobs(wrap(jobs)))).toMatchObject([
      { index: 1, field: 'timeoutMs' },
      { index: 3, field: 'jobs[3]', message: expect.stringContaining('must be a JSON object') },
      { index: 4, field: 'schedule' },
      { index: 4, field: 'api' },
      { index: 4, field: 'extra' },
      { index: 5, field: 'body' },
    ]);
  });

  test('a key that several jobs of a batch have is an error of each later one', () => {
    const jobs = [{ ...minimal, key: 'a' }, minimal, { ...minimal, key: 'a' }, { ...minimal, key: 'A' }];
    expect(errorsOf(() => parseNewJobs(jobs))).toEqual([
      { index: 2, field: 'key', message: '"a" is also the key of item 0 of this batch; send each key once' },
    ]);
  });

  test('parsing a batch stops early when every item is wrong', () => {
    const jobs = Array.from({ length: 1_000 }, () => ({ a: 1, b: 2, c: 3 }));
    expect(errorsOf(() => parseNewJobs(jobs))).toHaveLength(1_000);
  });
});
