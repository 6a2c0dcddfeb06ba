import { expect, test } from 'vitest';
import { bodyText, sentHeaders } from '../../../../../web/components/request/sent-request.ts';

const names = (job: Parameters<typeof sentHeaders>[0]) => sentHeaders(job).map(({ name }) => name);

test('Belfry adds a content type to JSON, unless the job has one, and a trace if the job is traced', () => {
  expect(names({ headers: {}, body: { a: 1 }, isTraced: true })).toEqual(
    expect.arrayContaining(['user-agent', 'content-type', 'traceparent', 'webhook-signature']),
  );
  const own = names({ headers: { 'Content-Type': 'text/x' }, body: { a: 1 }, isTraced: false });
  expect(own).not.toEqual(expect.arrayContaining(['content-type']));
  expect(own).not.toEqual(expect.arrayContaining(['traceparent']));
  expect(names({ headers: {}, body: 'text', isTraced: false })).not.toEqual(
    expect.arrayContaining(['content-type']),
  );
});

test('a string is sent unchanged, another value as JSON, and null not at all', () => {
  expect([
    bodyText({ body: 'a' }),
    bodyText({ body: { a: 1 } }),
    bodyText({ body: null }),
    bodyText({ body: undefined }),
  ]).toEqual(['a', '{"a":1}', undefined, undefined]);
});

test('a request that was sent has the values of its execution, and words where none is stored', () => {
  const execution = {
    id: 7,
    jobId: 3,
    executionTime: '2031-05-01T12:00:00.000Z',
    trigger: 'MANUAL',
  } as const;
  const sent = sentHeaders({ headers: {}, body: null, isTraced: false }, execution);
  expect(sent).toEqual(
    expect.arrayContaining([
      { name: 'idempotency-key', value: 'belfry-3-1935403200000-7', isWords: false },
      { name: 'x-belfry-trigger', value: 'MANUAL', isWords: false },
      { name: 'webhook-signature', value: 'the signature of the attempt', isWords: true },
    ]),
  );
});
