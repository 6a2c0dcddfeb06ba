import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createKeyRing, holdsNoKey, parseKeyRing } from '../../../lib/secrets/key-ring.ts';
import { keyRingText } from '../../support/key-rings.ts';

const KEY = Buffer.alloc(32, 'a').toString('base64');

describe('a key ring', () => {
  test('a new key ring has one key of 256 bits, different each time', () => {
    const [one, two] = [parseKeyRing(createKeyRing()), parseKeyRing(createKeyRing())];
    expect(one?.keys.size).toBe(1);
    expect(one?.keys.get(one.current)?.symmetricKeySize).toBe(32);
    expect(one?.current).not.toBe(two?.current);
  });

  test('a key ring has older keys next to the current one', () => {
    const ring = parseKeyRing(keyRingText('b', 'a'));
    expect(ring?.current).toBe('b');
    expect([...(ring?.keys.keys() ?? [])]).toEqual(['b', 'a']);
  });

  test('a printed key ring shows nothing of its keys', () => {
    const ring = parseKeyRing(keyRingText('a'));
    const printed =
      inspect(ring, { depth: null, showHidden: true }) + JSON.stringify([...(ring?.keys ?? [])]);
    expect(printed).not.toContain(KEY);
    expect(printed).not.toContain('aaaa');
    expect(printed).not.toContain('YWFh');
  });

  test.each([
    ['', 'nothing'],
    ['h"Q>vXk2#y~Zr9)F!m=8s&LwB6^t;c4J', 'a filling'],
    [KEY, 'a bare key'],
    ['null', 'no object'],
    [JSON.stringify({ current: 'a', keys: {} }), 'no key'],
    [JSON.stringify({ current: 'b', keys: { a: KEY } }), 'no current key'],
    [JSON.stringify({ current: '__proto__', keys: { a: KEY } }), 'an unknown current key'],
    [JSON.stringify({ current: 'a', keys: { a: KEY.slice(4) } }), 'a short key'],
    [JSON.stringify({ current: 'a', keys: { a: `${KEY}AAAA` } }), 'a long key'],
    [JSON.stringify({ current: 'a', keys: { a: KEY, 'b:c': KEY } }), 'an id that could not be told apart'],
    [JSON.stringify({ current: 'a', keys: { a: KEY }, more: 1 }), 'more than a ring'],
    [keyRingText('a').slice(0, -1), 'a ring that breaks off'],
  ])('%j is not a key ring: %s', (text) => {
    expect(parseKeyRing(text)).toBeUndefined();
  });
});

test('a string shorter than a key contains no key ring; a malformed ring may contain keys', () => {
  expect(holdsNoKey('h"Q>vXk2#y~Zr9)F!m=8s&LwB6^t;c4J')).toBe(true);
  expect(holdsNoKey('{}\n')).toBe(true);
  expect(holdsNoKey(KEY.replace('=', ''))).toBe(false);
  expect(holdsNoKey(keyRingText('a').slice(0, -1))).toBe(false);
});
