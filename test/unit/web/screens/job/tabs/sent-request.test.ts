import { expect, test } from 'vitest';
import { bodyText, sentHeaders } from '../../../../../../web/screens/job/tabs/sent-request.ts';

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
