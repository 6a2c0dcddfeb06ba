import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findRepeatedName } from '../../../lib/api/repeated-name.ts';

describe('a name that occurs twice in JSON', () => {
  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"b":{"a":1},"a":2}', 'a'],
    ['[{"a":1},{"b":1, "b" : 2}]', 'b'],
    ['{"a":[{"b":[{"c":1,"c":1}]}]}', 'c'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"":1,"":2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"a\\"":1,"a\\u0022":2}', 'a"'],
    ['{"a\\\\":1,"a\\\\":2}', 'a\\'],
    ['{"x":"}","a":1,"a":2}', 'a'],
    ['{"a"\n\t\r :1,"a":2}', 'a'],
  ])('a name that occurs twice in one object is found: %s', (json, name) => {
    JSON.parse(json);
    expect(findRepeatedName(json)).toBe(name);
  });

  test.each([
    '{"a":1,"A":2}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":1}}}',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"a":["b","b"],"b":1}',
    '{"a":"\\",\\"a\\":1"}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{}',
    '"a"',
    'null',
    ' ',
  ])('names that occur in different objects are accepted: %s', (json) => {
    expect(findRepeatedName(json)).toBeUndefined();
  });

  test('JSON.stringify never writes a repeated name', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        expect(findRepeatedName(json)).toBeUndefined();
      }),
    );
  });

  test('a repeated name is found at any place', () => {
    const name = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue(), { minKeys: 1 }), fc.nat(), (object, place) => {
        const names = Object.keys(object);
        const twice = names[place % names.length]!;
        const json = `{${JSON.stringify(twice)}:0,${JSON.stringify(object).slice(1)}`;
        expect(findRepeatedName(`[${json}]`)).toBe(twice);
      }),
    );
  });

  test('the deepest and the largest JSON are searched without trouble', () => {
    expect(findRepeatedName('['.repeat(2_000_000) + ']'.repeat(2_000_000))).toBeUndefined();
    expect(findRepeatedName(JSON.stringify({ text: 'x\\"'.repeat(1_000_000) }))).toBeUndefined();
  });
});
