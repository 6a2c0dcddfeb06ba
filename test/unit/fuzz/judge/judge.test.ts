import { describe, expect, test } from 'vitest';
import { readApi } from '../../../fuzz/document/operations.ts';
import { makeViolations } from '../../../fuzz/document/validate.ts';
import { expect as expectAnswer } from '../../../fuzz/judge/expected.ts';
import { judge } from '../../../fuzz/judge/judge.ts';
import type { Plan } from '../../../fuzz/requests/plan.ts';
import { makeOpenApiDocument } from '../../../../lib/api/openapi.ts';
import { makeResponseCheck } from '../../../support/openapi-check.ts';

const document = makeOpenApiDocument();
const api = readApi(document);
const violations = makeViolations(document);
const check = makeResponseCheck(document);
const home = { port: 40_000 };

const job = { schedule: '@every 366d', api: 'http://127.0.0.1:40000/_local/echo' };

function request(method: string, target: string, body?: unknown, plan: Partial<Plan> = {}) {
  const whole: Plan = {
    operation: 'POST /api/v1/jobs',
    method,
    target: { path: target, id: { text: '1' }, query: '', odd: undefined },
    credential: { kind: 'key', name: 'all', as: 'bearer' },
    headers: { pairs: [['content-type', 'application/json']], effect: 'plain' },
    body: undefined,
    isChunked: false,
    ...plan,
  };
  const bytes =
    body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const sent = { method, target, headers: [], body: bytes, isChunked: false };
  return { plan: whole, sent, expected: expectAnswer(whole, sent, { api, violations }) };
}

const answer = (status: number, body: unknown) => ({
  status,
  headers: {
    'x-request-id': 'a',
    'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
  },
  body: JSON.stringify(body),
});

const problem = (status: number, errors?: object[]) =>
  answer(status, {
    type: 'about:blank',
    title: 'A problem',
    status,
    detail: 'the request failed for this reason',
    code: 'VALIDATION_ERROR',
    ...(errors && { errors }),
  });

describe('a request', () => {
  test.each([
    ['POST', '/api/v1/jobs', job, {}, 'valid'],
    ['POST', '/api/v1/jobs', { ...job, extra: 1 }, {}, [400]],
    ['POST', '/api/v1/jobs', '{"api":1,"api":2}', {}, [400]],
    ['POST', '/api/v1/jobs', '{', {}, [400]],
    ['POST', '/api/v1/jobs', undefined, {}, [400]],
    ['POST', '/api/v1/jobs', job, { headers: { pairs: [], effect: 'unsupported' } }, [415]],
    ['POST', '/api/v1/jobs', job, { credential: { kind: 'wrong', headers: [] } }, [401]],
    ['POST', '/api/v1/jobs', job, { credential: { kind: 'key', name: 'revoked', as: 'bearer' } }, [401]],
    ['POST', '/api/v1/jobs', job, { credential: { kind: 'key', name: 'read', as: 'bearer' } }, [403]],
    ['PUT', '/api/v1/jobs', job, {}, [405]],
    ['GET', '/api/v1/job', undefined, {}, [404]],
    ['GET', '/api/v1/jobs/0', undefined, {}, [400]],
    ['GET', '/api/v1/jobs/9007199254740991', undefined, {}, 'valid'],
    ['GET', '/api/v1/jobs/9007199254740992', undefined, {}, [400]],
    ['GET', '/api/v1/jobs/1e3', undefined, {}, 'open'],
    ['GET', '/api/v1/jobs?limit=1000', undefined, {}, 'valid'],
    ['GET', '/api/v1/jobs?limit=1001', undefined, {}, [400]],
    ['GET', '/api/v1/jobs?limit=1&limit=1', undefined, {}, [400]],
    ['GET', '/api/v1/jobs?status=SUCCESS', undefined, {}, [400]],
    ['GET', '/health?any=1', undefined, {}, 'valid'],
  ] as const)(
    'the request %s %s with the body %j and the plan %j must have the result %j',
    (method, target, body, plan, wanted) => {
      const { expected } = request(method, target, body, plan);
      expect(expected.kind === 'refused' ? expected.statuses : expected.kind).toEqual(wanted);
    },
  );
});

describe('an answer', () => {
  const judged = (asked: ReturnType<typeof request>, received: ReturnType<typeof answer>) =>
    judge({ ...asked, received }, { check, home, secrets: ['bfy_secret'] });

  test('the fuzzer reports a 5xx response to any request', () => {
    expect(judged(request('GET', '/health'), problem(503))).toEqual([
      expect.stringContaining('answered 503'),
    ]);
  });

  test('the fuzzer reports a response that accepts a request forbidden by the schema', () => {
    const wrong = judged(request('POST', '/api/v1/jobs', { ...job, extra: 1 }), answer(201, {}));
    expect(wrong).toContainEqual(expect.stringContaining('answered 201 instead of 400'));
  });

  test('the fuzzer reports a refusal of a request that the document accepts, unless a rule explains it', () => {
    const refusal = problem(400, [{ field: 'maxRetryCount', message: 'must be 0 for AT_MOST_ONCE' }]);
    expect(judged(request('POST', '/api/v1/jobs', { ...job, maxRetryCount: 1 }), refusal)).toEqual([
      expect.stringContaining('refused, though the document allows it: maxRetryCount'),
    ]);
    expect(
      judged(request('POST', '/api/v1/jobs', { ...job, maxRetryCount: 1, type: 'AT_MOST_ONCE' }), refusal),
    ).toEqual([]);
  });

  test('a response may name either of two fields that are too large', () => {
    const headers = { pairs: [], effect: 'too large' } as const;
    const sent = request('POST', `/api/v1/jobs?x=${'y'.repeat(3_000)}`, job, { headers });
    expect([431, 414].map((status) => judged(sent, problem(status)))).toEqual([[], []]);
    expect(judged(sent, answer(201, {}))).toContainEqual(expect.stringContaining('instead of 431 or 414'));
  });

  test('the fuzzer reports a 400 that names no field', () => {
    expect(judged(request('POST', '/api/v1/jobs', { ...job, extra: 1 }), problem(400))).toEqual([
      'the 400 names no field',
    ]);
  });

  test('the fuzzer reports a response that shows a key or a secret header', () => {
    const leaking = answer(200, { openapi: 'bfy_secret', paths: {} });
    expect(judged(request('GET', '/openapi.json'), leaking)).toEqual(['the answer shows a secret']);
  });

  test('a response may show a value that a mutation has given to another header', () => {
    const shown = (name: string): string[] =>
      judged(request('GET', '/openapi.json'), answer(200, { [name]: 'Bearer canary-4f1d-00c0ffee' }));
    expect(shown("c'ookie")).not.toContainEqual('the answer shows a secret');
    expect(shown('Cookie')).toContainEqual('the answer shows a secret');
    expect(
      judged(
        request('POST', '/api/v1/jobs', { ...job, extra: 1 }),
        problem(400, [{ field: 'extra', message: 'Bearer canary-4f1d-00c0ffee is not known here' }]),
      ),
    ).toContainEqual('the answer shows a secret');
  });
});
