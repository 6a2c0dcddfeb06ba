import { expect, test } from 'vitest';
import { makePayloadText, parsePayload, toPayload } from '../../../lib/app/execution-payload.ts';
import { aJob } from '../../support/a-job.ts';

const AT = new Date('2030-01-01T00:00:00Z');
const job = { ...aJob({ headers: { 'X-A': '1' }, body: '{"a":1}' }), jobId: 7, revision: 3 };

test('a small request is part of the payload of its execution, and is read back unchanged', () => {
  const payload = parsePayload(makePayloadText(job)(AT));
  expect(payload).toEqual(toPayload({ ...job, executionTime: AT }));
  expect(payload).toMatchObject({
    jobId: 7,
    executionTimeMs: AT.getTime(),
    content: { headers: { 'X-A': '1', 'content-type': 'application/json' }, body: '{"a":1}' },
  });
});

test('a large request stays in the database, and the payload has everything that is needed before the claim', () => {
  const text = makePayloadText({ ...job, headers: null, body: null })(AT);
  // The previous version refuses a payload without these two, and asks PostgreSQL.
  expect(Object.keys(Object(JSON.parse(text)))).not.toContain('headers');
  expect(Object.keys(Object(JSON.parse(text)))).not.toContain('body');
  expect(parsePayload(text)).toEqual({
    jobId: 7,
    revision: 3,
    executionTimeMs: AT.getTime(),
    url: 'http://127.0.0.1:9/',
    method: 'POST',
    type: 'AT_LEAST_ONCE',
    maxRetryCount: 3,
    timeoutMs: 30_000,
    content: undefined,
  });
});

test('the rules for attempts are in the payload only where the job has them', () => {
  const rules = {
    retry: { delaysSeconds: [5, 300], jitter: 0.5 },
    maxAgeSeconds: 60,
    stopOn: [404, '5xx'],
    success: { statuses: ['2xx', 409], contains: null },
  } as const;
  const text = makePayloadText({ ...job, ...rules })(AT);
  expect(parsePayload(text)).toMatchObject(rules);
  const defaults = Object.keys(Object(JSON.parse(makePayloadText(job)(AT))));
  for (const name of Object.keys(rules)) expect(defaults).not.toContain(name);
  // The list is empty, and not the default.
  expect(parsePayload(makePayloadText({ ...job, stopOn: [] })(AT))).toMatchObject({ stopOn: [] });
});

test('a payload of the previous version is understood, but a large body in it is not kept', () => {
  const before = {
    jobId: 7,
    revision: 3,
    executionTimeMs: AT.getTime(),
    url: 'http://127.0.0.1:9/',
    method: 'POST',
    headers: {},
    body: 'small',
    type: 'AT_LEAST_ONCE',
    maxRetryCount: 3,
    timeoutMs: 30_000,
  };
  expect(parsePayload(JSON.stringify(before))?.content).toEqual({ headers: {}, body: 'small' });
  const large = parsePayload(JSON.stringify({ ...before, body: 'x'.repeat(1_000_000) }));
  expect(large).toMatchObject({ jobId: 7, timeoutMs: 30_000, content: undefined });
});

test.each(['', '{', '[]', '{"jobId":1}'])('%j is not a payload', (text) => {
  expect(parsePayload(text)).toBeUndefined();
});
