import { expect, test } from 'vitest';
import { causeOf, identify } from '../../../lib/domain/failure-cause.ts';

const failed = { url: 'https://example.com/a', reason: null, statusCode: null, errorMessage: 'no' };

test.each([
  ['https://example.com/users/17/export', '/users/{n}/export'],
  ['https://example.com/v2/users/u17', '/v{n}/users/u{n}'],
  ['https://example.com/jobs/0198f0c2-7d3e-7cc1-8a9e-b1f0c2d3e4f5', '/jobs/{id}'],
  ['https://hooks.example.com/services/T00000000/B11111111/XXXXXXXX1', '/services/{id}/{id}/{id}'],
  [`https://example.com/${'w'.repeat(33)}`, '/{id}'],
  ['https://example.com/nightly-report?token=secret', '/nightly-report'],
  ['https://example.com', '/'],
])('the path of %s has the shape %s', (url, path) => {
  expect(causeOf({ ...failed, url }).path).toBe(path);
});

test.each([
  ['no complete response within 30000 ms', 'no complete response within {n} ms'],
  ['no trace 0198f0c2-7d3e-7cc1-8a9e-b1f0c2d3e4f5 found', 'no trace {id} found'],
  ['the request failed: ECONNREFUSED', 'the request failed: ECONNREFUSED'],
  [null, ''],
])('the message %j has the shape %j', (errorMessage, message) => {
  expect(causeOf({ ...failed, errorMessage }).message).toBe(message);
});

test('a cause has the host with its port, and is short even if the URL and the message are long', () => {
  const cause = causeOf({
    ...failed,
    url: `https://example.com:8443/${'ab/'.repeat(500)}`,
    errorMessage: 'x'.repeat(5_000),
  });
  expect(cause.host).toBe('example.com:8443');
  expect(identify(cause).length).toBeLessThan(500);
});

test('failures with another host, path, reason, status or message have another cause', () => {
  const causes = [
    failed,
    { ...failed, url: 'https://example.org/a' },
    { ...failed, url: 'https://example.com/b' },
    { ...failed, reason: 'TIMED_OUT' as const },
    { ...failed, statusCode: 503 },
    { ...failed, errorMessage: 'other' },
  ].map((one) => identify(causeOf(one)));
  expect(new Set(causes).size).toBe(causes.length);
});
