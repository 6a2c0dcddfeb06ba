import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOutJson } from '../../../../web/json/tokens.ts';

const textOf = (json: string): string | undefined =>
  layOutJson(json)
    ?.map(({ text }) => text)
    .join('');

describe('the layout of JSON', () => {
  test.each([
    ['{"id":9007199254740993,"e":1E400}', '{\n  "id": 9007199254740993,\n  "e": 1E400\n}'],
    ['[{},[],"a\\"{}"]', '[\n  {},\n  [],\n  "a\\"{}"\n]'],
    ['"</script>"', '"</script>"'],
    [' [ true , null ] ', '[\n  true,\n  null\n]'],
  ])('%s keeps each value as it is written', (json, text) => {
    expect(textOf(json)).toBe(text);
  });

  test.each(['', '{"cut":"off', '<html>', '{a:1}'])(
    '%s is not JSON, and is left to be shown as it is',
    (text) => {
      expect(layOutJson(text)).toBeUndefined();
    },
  );

  test('keys and strings are different tokens', () => {
    const tokens = layOutJson('{"a":"b"}')?.filter(({ kind }) => kind === 'key' || kind === 'string');
    expect(tokens).toEqual([
      { kind: 'key', text: '"a"' },
      { kind: 'string', text: '"b"' },
    ]);
  });

  test('the layout has the value of the text, regardless of its form', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (given, indent) => {
        const value: unknown = JSON.parse(given);
        expect(JSON.parse(textOf(JSON.stringify(value, null, indent)) ?? '')).toEqual(value);
      }),
    );
  });
});
