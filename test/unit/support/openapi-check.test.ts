import { describe, expect, test } from 'vitest';
import { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import { makeResponseCheck } from '../../support/openapi-check.ts';

const check = makeResponseCheck(makeOpenApiDocument());
const JSON_TYPE = 'application/json';
const PROBLEM = 'application/problem+json';

const schedule = {
  id: 1,
  jobId: 2,
  nextExecutionTime: '2030-01-01T00:00:00.000Z',
  createdAt: '2030-01-01T00:00:00.000Z',
};
const problem = { type: 'about:blank', title: 'a', status: 404, detail: 'b', code: 'C' };

const ofSchedule = (status: number, type: string | undefined, value: unknown) =>
  check('GET', '/api/v1/jobs/2/schedule?a=b', status, type, JSON.stringify(value));

describe('the check of responses', () => {
  test('the check of responses accepts a documented response', () => {
    expect(ofSchedule(200, JSON_TYPE, schedule)).toEqual([]);
    expect(ofSchedule(200, `${JSON_TYPE}; charset=utf-8`, schedule)).toEqual([]);
    expect(ofSchedule(404, PROBLEM, problem)).toEqual([]);
    expect(check('DELETE', '/api/v1/jobs/2', 204, undefined, '')).toEqual([]);
  });

  test.each([
    ['an extra field', 200, JSON_TYPE, { ...schedule, extra: 1 }, 'additional properties'],
    ['a missing field', 200, JSON_TYPE, { ...schedule, jobId: undefined }, 'jobId'],
    ['a wrong type', 200, JSON_TYPE, { ...schedule, id: '1' }, '/id'],
    ['a wrong format', 200, JSON_TYPE, { ...schedule, createdAt: 'yesterday' }, '/createdAt'],
    ['an undocumented status', 202, JSON_TYPE, schedule, 'status is not documented'],
    ['an undocumented type', 200, 'text/plain', schedule, '"text/plain" is not documented'],
    ['a missing type', 200, undefined, schedule, '"" is not documented'],
    ['a problem with an extra field', 404, PROBLEM, { ...problem, stack: '…' }, 'additional properties'],
    ['a problem as plain JSON', 404, JSON_TYPE, problem, 'is not documented'],
  ])('the check of responses finds %s', (_, status, type, value, violation) => {
    expect(ofSchedule(status, type, value).join()).toContain(violation);
  });

  test('the check of responses finds a body that is not documented, and a missing one', () => {
    expect(check('DELETE', '/api/v1/jobs/2', 204, undefined, '{}')).toHaveLength(1);
    expect(check('GET', '/api/v1/jobs/2/schedule', 200, JSON_TYPE, '').join()).toContain('not JSON');
  });

  test('an undocumented operation may be answered only with 404 or 405', () => {
    const text = JSON.stringify(problem);
    expect(check('GET', '/nothing', 404, PROBLEM, text)).toEqual([]);
    expect(check('PUT', '/health', 405, PROBLEM, text)).toEqual([]);
    expect(check('GET', '/nothing', 200, JSON_TYPE, '{}').join()).toContain('instead of 404');
    expect(check('PUT', '/health', 404, PROBLEM, text).join()).toContain('instead of 405');
    expect(check('GET', '/nothing', 404, PROBLEM, '{"a":1}').length).toBeGreaterThan(1);
  });
});
