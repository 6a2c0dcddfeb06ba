import { expect, test } from 'vitest';
import { findBodyFault } from '../../../lib/api/job-body.ts';

const arrays = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
const objects = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));

test.each([null, '', 'text', 0, -0, 1e308, true, [], {}, { a: [{ b: null }] }])(
  '%j is a valid body',
  (value) => {
    expect(findBodyFault(value)).toBeUndefined();
  },
);

test('a body may be nested 32 levels deep', () => {
  expect(findBodyFault(arrays(32))).toBeUndefined();
  expect(findBodyFault(objects(32))).toBeUndefined();
  expect(findBodyFault(arrays(33))?.message).toContain('32');
  expect(findBodyFault({ x: objects(32) })?.path).toEqual(['x', ...Array.from({ length: 31 }, () => 'a')]);
  expect(findBodyFault(arrays(100_000))?.message).toContain('32');
});

test('a body may have a mebibyte in the form in which it is stored', () => {
  const numbers = (count: number): unknown =>
    JSON.parse(`[${Array.from({ length: count }, () => '1e20').join()}]`);
  expect(findBodyFault(numbers(47_000))).toBeUndefined();
  expect(findBodyFault(numbers(48_000))?.message).toContain('1048576');
  expect(findBodyFault('é'.repeat(524_287))).toBeUndefined();
  expect(findBodyFault('é'.repeat(524_288))?.message).toContain('1048576');
});

test('a number in a body that no double can hold is named', () => {
  expect(findBodyFault(JSON.parse('{"a":[1,{"b":1e999}]}'))).toMatchObject({ path: ['a', 1, 'b'] });
  expect(findBodyFault(JSON.parse('-1e999'))).toMatchObject({ path: [] });
});
