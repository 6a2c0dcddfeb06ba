import { expect, test } from 'vitest';
import { findHeaderFaults } from '../../../lib/api/job-headers.ts';

const fiftyOf = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, '']));

test.each([
  {},
  { 'X-Tag': 'a', 'x-other': '' },
  { Authorization: 'Bearer a.b-c_d~e+f/=' },
  { 'X-Latin': 'Grüße\tdort' },
  { "!#$%&'*+-.^_`|~09azAZ": 'every character a name may have' },
  { 'Content-Type': 'text/plain', 'X-Belfr': 'a', Hostname: 'b', Terminal: 'c', 'Webhook-Kind': 'd' },
  fiftyOf('X', 50),
  { 'X-Big': 'v'.repeat(16_384 - 5) },
])('%j is a valid header', (headers) => {
  expect(findHeaderFaults(headers)).toEqual([]);
});

test.each([
  'Host',
  'CONTENT-LENGTH',
  'transfer-encoding',
  'Connection',
  'Keep-Alive',
  'TE',
  'Trailer',
  'Upgrade',
  'Expect',
  'Proxy-Authorization',
  'proxy-connection',
  'HTTP2-Settings',
  'Idempotency-Key',
  'X-Belfry-Attempt',
  'Webhook-Id',
  'webhook-timestamp',
  'Webhook_Signature',
  'x-belfry-',
  'Content_Length',
  'TRANSFER_ENCODING',
  'transfer.encoding',
  'Proxy_Authorization',
  'Keep~Alive',
  'X_Belfry-Attempt',
  'idempotency_key',
])('the header %s may not be set by a job', (name) => {
  const [fault, ...others] = findHeaderFaults({ [name]: 'a' });
  expect(others).toEqual([]);
  expect(fault?.path).toEqual([name]);
  expect(fault?.message).toContain(`the header ${name} is set by Belfry`);
});

test.each(['', 'X Tag', 'X-Täg', 'X:Tag', 'X-Tag\n', 'X"Tag', 'X(Tag)', 'X\u0000'])(
  '%j is not a header name',
  (name) => {
    expect(findHeaderFaults({ [name]: 'a' })).toMatchObject([{ path: [name] }]);
    expect(findHeaderFaults({ [name]: 'a' })[0]?.message).toContain('is not a header name');
  },
);

test.each(['a\r\nX-Evil: b', 'a\n', 'a\u0000', 'a\u007f', 'a\u0085', '\u001b', '☃', '漢'])(
  '%j is not a header value',
  (value) => {
    const [fault] = findHeaderFaults({ 'X-Tag': value });
    expect(fault).toMatchObject({ path: ['X-Tag'] });
    expect(fault?.message).toContain('Latin-1');
  },
);

test.each([' a', 'a ', '\ta', 'a\t', ' ', 'chunked \t'])(
  'the header value %j has outer blanks that would not arrive',
  (value) => {
    expect(findHeaderFaults({ 'X-Tag': value })).toEqual([
      { path: ['X-Tag'], message: 'must not begin or end with a space or a tab' },
    ]);
  },
);

test.each(['a\r\n b', 'a\n\tb'])('the folded header value %j is refused', (value) => {
  expect(findHeaderFaults({ 'X-Tag': value })).toMatchObject([{ path: ['X-Tag'] }]);
});

test.each([1, true, null, ['a'], {}])('the header value %j must be a string', (value) => {
  expect(findHeaderFaults({ 'X-Tag': value })).toEqual([{ path: ['X-Tag'], message: 'must be a string' }]);
});

test.each([null, undefined, 'X-Tag: a', 7, ['a'], fiftyOf('X', 51)])('%j are not headers', (headers) => {
  expect(findHeaderFaults(headers)).toMatchObject([
    { path: [], message: expect.stringContaining('at most 50') },
  ]);
});

test('a header name may occur once, regardless of its case', () => {
  const faults = findHeaderFaults({ 'X-Tag': 'a', 'x-tag': 'b', 'X-TAG': 'c' });
  expect(faults.map(({ path }) => path)).toEqual([['x-tag'], ['X-TAG']]);
  expect(faults[0]?.message).toContain('twice');
});

test('all headers together have at most 16 KiB', () => {
  const [fault] = findHeaderFaults({ 'X-Big': 'v'.repeat(16_384 - 4) });
  expect(fault).toMatchObject({
    path: [],
    message: expect.stringContaining('at most 16384 bytes, not 16385'),
  });
});

test('a header name that objects cannot keep is refused, and similar names are sent', () => {
  const named = (name: string) => JSON.parse(`{"${name}": "a"}`);
  expect(findHeaderFaults(named('__proto__'))).toEqual([
    { path: ['__proto__'], message: 'is a header name that Belfry cannot send; use another one' },
  ]);
  for (const name of ['constructor', 'prototype', '__defineGetter__', 'toString', 'hasOwnProperty'])
    expect(findHeaderFaults(named(name))).toEqual([]);
});
