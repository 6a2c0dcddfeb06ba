import { describe, expect, test } from 'vitest';
import { parseIdempotencyKey } from '../../../lib/api/idempotency-key.ts';
import { errorsOf } from './errors-of.ts';

const parse = (value: string, all: string[] = [value]) =>
  parseIdempotencyKey({
    headers: { 'idempotency-key': value },
    multiValueHeaders: { 'idempotency-key': all },
  });

describe('the header Idempotency-Key', () => {
  test('the key is undefined without the header', () => {
    expect(parseIdempotencyKey({ headers: {}, multiValueHeaders: {} })).toBeUndefined();
  });

  test.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"a b, c"', 'a b, c'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    [' "a" ', 'a'],
    ['a'.repeat(255), 'a'.repeat(255)],
  ])('the key of %s is %s', (value, key) => {
    expect(parse(value)).toBe(key);
  });

  test.each([
    '',
    '""',
    '"a',
    'a"',
    'a b',
    'a,b',
    'ä',
    '"ä"',
    '"a";b=1',
    String.raw`"a\b"`,
    'a'.repeat(256),
    `"${'a'.repeat(256)}"`,
  ])('the key %j is refused, and the message says what is allowed', (value) => {
    expect(errorsOf(() => parse(value))).toEqual([
      { field: 'Idempotency-Key', message: expect.stringContaining('must be a string in double quotes') },
    ]);
  });

  test('a repeated header is refused', () => {
    expect(errorsOf(() => parse('b', ['a', 'b']))).toMatchObject([{ field: 'Idempotency-Key' }]);
  });
});
