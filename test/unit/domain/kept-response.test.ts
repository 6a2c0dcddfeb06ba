import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEPT_BODY_BYTES, type TargetResponse } from '../../../lib/domain/exchange.ts';
import { keepResponse } from '../../../lib/domain/kept-response.ts';

const responseOf = (
  parts: readonly (string | Uint8Array)[],
  headers: TargetResponse['headers'] = {},
  bodyBytes?: number,
): TargetResponse => {
  const body = parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part));
  const arrived = body.reduce((sum, { length }) => sum + length, 0);
  return { headers, body, bodyBytes: bodyBytes ?? arrived };
};
const secrets = (...values: string[]) => ({ names: ['X-Own'], values });

describe('the kept body', () => {
  test('the body is cut after 4,096 bytes, at the end of a character', () => {
    const kept = keepResponse(responseOf(['a', '€'.repeat(3_000)]));
    expect(kept.bodyEncoding).toBe('utf8');
    expect(new TextEncoder().encode(kept.body).length).toBe(KEPT_BODY_BYTES);
    expect(keepResponse(responseOf(['€'.repeat(3_000)])).body).toBe('€'.repeat(1_365));
    expect(kept.bodyBytes).toBe(9_001);
  });

  test('a character that arrived in two parts is kept', () => {
    const [first, rest] = [Uint8Array.of(0xe2), Uint8Array.of(0x82, 0xac)];
    expect(keepResponse(responseOf([first, rest])).body).toBe('€');
  });

  test('a complete body that ends in the middle of a character is not UTF-8', () => {
    expect(keepResponse(responseOf([Uint8Array.of(0x61, 0xe2)]))).toMatchObject({
      body: btoa('a\u00e2'),
      bodyEncoding: 'base64',
    });
  });

  test('the kept body of any bytes is short, and PostgreSQL can store it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6_000 }), { maxLength: 3 }), (parts) => {
        const { body, bodyEncoding } = keepResponse(responseOf(parts));
        expect(body.isWellFormed()).toBe(true);
        expect(body).not.toContain('\0');
        expect(body.length).toBeLessThanOrEqual(bodyEncoding === 'utf8' ? 4_096 : 5_464);
      }),
    );
  });
});

describe('secrets in a response', () => {
  test.each([
    ['as they are', 'sent: p4ss"wörd'],
    ['in JSON', 'sent: p4ss\\"wörd'],
    ['in a URL', 'sent: p4ss%22w%C3%B6rd'],
  ])('secret values that the target repeats %s are hidden', (_, body) => {
    expect(keepResponse(responseOf([body]), secrets('Bearer p4ss"wörd')).body).toBe('sent: [secret]');
  });

  test('the password of Basic authentication is hidden where the target repeats it decoded', () => {
    const value = `Basic ${btoa('bob:open sesame')}`;
    const body = `wrong password open sesame of bob, sent as ${value}`;
    expect(keepResponse(responseOf([body]), secrets(value)).body).toBe(
      'wrong password [secret] of bob, sent as [secret]',
    );
  });

  test('a secret across the limit of the body is hidden, and so is its beginning where the rest did not arrive', () => {
    const padding = 'a'.repeat(KEPT_BODY_BYTES - 6);
    expect(keepResponse(responseOf([`${padding}sesame-open`]), secrets('sesame-open')).body).toBe(
      `${padding}[secre`,
    );
    const cut = responseOf([`${padding}sesame`], {}, 9_000);
    expect(keepResponse(cut, secrets('sesame-open')).body).toBe(padding);
  });

  test('a value of fewer than four characters is not looked for', () => {
    expect(keepResponse(responseOf(['a1b']), secrets('1')).body).toBe('a1b');
  });

  test('headers with a secret name, or the name of a secret header of the job, are hidden', () => {
    const headers = {
      'set-cookie': ['a=1', 'b=2'],
      'x-own': 'new',
      'x-plain': 'is sesame-open',
      'x-nul': 'a\0',
    };
    expect(keepResponse(responseOf([], headers), secrets('sesame-open')).headers).toEqual({
      'set-cookie': ['[secret]', '[secret]'],
      'x-own': '[secret]',
      'x-plain': 'is [secret]',
      'x-nul': 'a\u{fffd}',
    });
  });

  test('headers beyond 2 KiB are left out, and a long one does not hide the shorter ones after it', () => {
    const headers = { a: 'x'.repeat(1_500), b: 'x'.repeat(1_500), c: 'short' };
    expect(Object.keys(keepResponse(responseOf([], headers)).headers)).toEqual(['a', 'c']);
  });
});
