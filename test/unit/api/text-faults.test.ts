import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findUnstorable, mayHoldUnstorable } from '../../../lib/api/text-faults.ts';

const faultsOf = (json: string) => (mayHoldUnstorable(json) ? findUnstorable(JSON.parse(json)) : []);
const fieldsOf = (json: string) =>
  faultsOf(json).map(({ index, field }) => (index === undefined ? field : [index, field]));

test.each([
  ['{"name":"a\\u0000b"}', ['name']],
  ['{"body":{"a":[1,{"b":"\\u0000"}]}}', ['body.a[1].b']],
  ['{"body":{"a\\u0000":1}}', ['body.a\0']],
  ['{"headers":{"X\\u0000":"a"}}', ['headers.X\0']],
  ['{"extra":"\\u0000"}', ['extra']],
  ['"\\u0000"', ['body']],
  ['{"name":"\\ud83d"}', ['name']],
  ['{"name":"\\ude00\\ud83d"}', ['name']],
  ['{"name":"a \\uDBFF b","body":"\\uDFFF"}', ['name', 'body']],
  ['[{},{"name":"\\u0000"}]', [[1, 'name']]],
  ['{"jobs":[{},{},{"body":["\\u0000"]}]}', [[2, 'body[0]']]],
])('the places of %s that cannot be stored are named', (json, fields) => {
  expect(fieldsOf(json)).toEqual(fields);
});

test.each([
  '{"name":"\\ud83d\\ude00"}',
  '{"name":"😀"}',
  '{"name":"\\\\u0000"}',
  '{"name":"\\u0001\\u00e9"}',
  '{}',
])('%s can be stored', (json) => {
  expect(faultsOf(json)).toEqual([]);
});

test('half of a surrogate pair may also be a character of the JSON itself', () => {
  expect(fieldsOf('{"name":"\ud83d"}')).toEqual(['name']);
});

test('the message says what to do', () => {
  expect(faultsOf('"\\u0000"')[0]?.message).toContain('NUL');
  expect(faultsOf('"\\ud800"')[0]?.message).toContain('surrogate');
});

test('the search ends at any depth and any number', () => {
  expect(findUnstorable(JSON.parse('['.repeat(50_000) + '"\\u0000"' + ']'.repeat(50_000)))).toEqual([]);
  expect(findUnstorable(Array.from({ length: 5_000 }, () => '\0'))).toHaveLength(1_000);
});

test('the quick check misses nothing', () => {
  const unit = fc.constantFrom('\0', '\ud800', '\udc00', 'a', '\\', 'u0000', '😀');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const isBad = text.includes('\0') || !text.isWellFormed();
      expect(faultsOf(JSON.stringify({ text })).length > 0).toBe(isBad);
    }),
  );
});
