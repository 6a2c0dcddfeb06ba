import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueLength } from '../../../lib/domain/secret-headers.ts';
import { isSealedNow, keyIdOf, open, type Place, seal, SealError } from '../../../lib/secrets/seal.ts';
import { keyRingOf, sealAsBefore } from '../../support/key-rings.ts';

const ring = keyRingOf('first');
const at = (place: string): Place => ({ v1: `1 ${place}`, v2: `2 ${place}` });
const here = at('here');
const latin1 = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCodePoint(code)),
});

/** The value with one bit of nonce, ciphertext or tag flipped. */
function flip({ $secret }: { $secret: string }, place: number): { $secret: string } {
  const [version = '', keyId = '', text = ''] = $secret.split(':');
  const bytes = Buffer.from(text, 'base64url');
  const bit = place % (bytes.length * 8);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return { $secret: `${version}:${keyId}:${bytes.toString('base64url')}` };
}

describe('a sealed value', () => {
  test('a sealed value is opened unchanged by any key ring that has its key', () => {
    fc.assert(
      fc.property(latin1, fc.string(), (text, place) => {
        const value = seal(ring, text, at(place));
        expect(open(ring, value, at(place))).toBe(text);
        expect(open(keyRingOf('second', 'first'), value, at(place))).toBe(text);
        expect(valueLength(value)).toBe(text.length);
      }),
    );
  });

  test('a sealed value names its key, and shows nothing of its contents', () => {
    const value = seal(ring, 'hunter2', here);
    expect(value.$secret).toMatch(/^v2:first:[\w-]{47}$/);
    expect(keyIdOf(value)).toBe('first');
  });

  test('a sealed value of the previous form is opened in its own place, and is not taken for the newest form', () => {
    const value = sealAsBefore(ring, 7, 'X-Tenant', 'hunter2');
    const place = { v1: 'belfry/job/7/header/x-tenant', v2: 'anywhere' };
    expect(open(ring, value, place)).toBe('hunter2');
    expect([isSealedNow(ring, value), isSealedNow(ring, seal(ring, 'hunter2', here))]).toEqual([false, true]);
    expect(() => open(ring, { $secret: value.$secret.replace('v1', 'v2') }, place)).toThrow(SealError);
  });

  test('a sealed value of the newest form is not opened as one of the previous form', () => {
    const { $secret } = seal(ring, 'hunter2', here);
    expect(() => open(ring, { $secret: $secret.replace('v2', 'v1') }, here)).toThrow(SealError);
  });

  test('sealing the same value twice gives different results', () => {
    const values = Array.from({ length: 1_000 }, () => seal(ring, 'hunter2', here).$secret);
    expect(new Set(values).size).toBe(1_000);
  });

  test('a sealed value with any bit flipped is refused', () => {
    fc.assert(
      fc.property(latin1, fc.nat(), (text, place) => {
        expect(() => open(ring, flip(seal(ring, text, here), place), here)).toThrow(SealError);
      }),
    );
  });

  test('a sealed value is refused in another place, even one that differs by one character', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (place, other) => {
        fc.pre(place !== other && Buffer.compare(Buffer.from(place), Buffer.from(other)) !== 0);
        expect(() => open(ring, seal(ring, 'hunter2', at(place)), at(other))).toThrow(SealError);
      }),
    );
  });

  test('a sealed value is refused under the name of another key', () => {
    const both = keyRingOf('first', 'second');
    const value = { $secret: seal(both, 'hunter2', here).$secret.replace('first', 'second') };
    expect(() => open(both, value, here)).toThrow('it was changed');
  });

  test('a sealed value is refused when its key is missing, and the error names the key', () => {
    const value = seal(keyRingOf('lost'), 'hunter2', here);
    expect(() => open(ring, value, here)).toThrow(new SealError('the key lost is missing'));
  });

  test.each([
    '',
    'hunter2',
    'v1:first',
    'v1:first:',
    'v3:first:AAAA',
    'v2:first:AAAA',
    'v1:first:AAAA',
    'v1:first:A+/=',
    'v1::AAAA',
  ])('a sealed value that is %j is refused, and the error does not repeat it', ($secret) => {
    const refused = expect(() => open(ring, { $secret }, here));
    refused.toThrow(SealError);
    refused.not.toThrow('hunter2');
  });

  test('a sealed value is refused with stray bits at the end of its base64url', () => {
    // 44 bytes end in a character of which two bits do not count.
    const { $secret } = seal(ring, 'hunter23hunter23', here);
    const last = $secret.at(-1)!;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = alphabet[alphabet.indexOf(last) ^ 1]!;
    expect(() => open(ring, { $secret: $secret.slice(0, -1) + twin }, here)).toThrow(SealError);
  });
});
