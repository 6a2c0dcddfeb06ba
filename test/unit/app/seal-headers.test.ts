import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasClearSecrets, keyIdsOf, openHeaders, sealHeaders } from '../../../lib/app/seal-headers.ts';
import { isSealed, type StoredHeaders } from '../../../lib/domain/secret-headers.ts';
import { SealError } from '../../../lib/secrets/seal.ts';
import { keyRingOf, sealAsBefore } from '../../support/key-rings.ts';

const ring = keyRingOf('first');
const clear = { 'X-Tag': 'a', Authorization: 'Bearer hunter2', 'X-Tenant': 'hunter2' };
const API = 'https://shop.test/hook';
const sealedFor = (id: number, headers: StoredHeaders = clear, api = API) =>
  sealHeaders(ring, { id, api, headers, secretHeaders: ['x-tenant'] });
const openedFor = (id: number, headers: StoredHeaders, keys = ring, api = API) =>
  openHeaders(keys, { id, api, headers });

describe('sealed headers', () => {
  test('secret headers are sealed, and the sealed form contains nothing of them', () => {
    const sealed = sealedFor(7);
    expect(Object.entries(sealed).map(([name, value]) => [name, isSealed(value)])).toEqual([
      ['X-Tag', false],
      ['Authorization', true],
      ['X-Tenant', true],
    ]);
    expect(JSON.stringify(sealed)).not.toContain('hunter2');
    expect(keyIdsOf(sealed)).toEqual(['first']);
    expect(hasClearSecrets({ headers: sealed, secretHeaders: ['X-Tenant'] })).toBe(false);
    expect(openedFor(7, sealed)).toEqual(clear);
  });

  test('a sealed header belongs to its job and its name, in any case of the name', () => {
    const { Authorization: value = '', ...others } = sealedFor(7);
    expect(openedFor(7, { AUTHORIZATION: value })).toEqual({ AUTHORIZATION: 'Bearer hunter2' });
    const refused = (jobId: number, name: string) =>
      expect(() => openedFor(jobId, { [name]: value }), `${name} of ${jobId}`).toThrow(SealError);
    refused(8, 'Authorization');
    refused(77, 'Authorization');
    refused(7, 'X-Tenant');
    refused(7, 'Authorization-');
    expect(Object.keys(others)).toEqual(['X-Tag', 'X-Tenant']);
  });

  test('a sealed header cannot be moved to another job or header', () => {
    const name = fc.stringMatching(/^[a-z0-9!#$%&'*+.^_`|~-]{1,20}$/);
    const place = fc.tuple(fc.integer({ min: 1 }), name);
    fc.assert(
      fc.property(place, place, ([jobId, name], [otherId, other]) => {
        fc.pre(jobId !== otherId || name !== other);
        const [value = ''] = Object.values(
          sealHeaders(ring, { id: jobId, api: API, headers: { [name]: 'hunter2' }, secretHeaders: [name] }),
        );
        expect(() => openedFor(otherId, { [other]: value })).toThrow(SealError);
      }),
    );
  });

  test.each([
    'https://shop.test/other?a=b',
    'https://shop.test:443/hook',
    'HTTPS://SHOP.test/hook',
    'https://user@shop.test/hook',
  ])('a sealed header is opened for the origin that it was sealed for, also as %s', (url) => {
    expect(openedFor(7, sealedFor(7), ring, url)).toEqual(clear);
  });

  test.each([
    'http://shop.test/hook',
    'https://shop.test:8443/hook',
    'https://shop.test.evil.test/hook',
    'https://www.shop.test/hook',
    'https://shop.test@evil.test/hook',
    'https://evil.test/https://shop.test/hook',
    'https://203.0.113.7/hook',
    'nonsense',
    '',
  ])('a sealed header is not opened for %s', (url) => {
    expect(() => openedFor(7, sealedFor(7), ring, url)).toThrow(SealError);
  });

  test('a sealed header is bound to the ASCII form of its name', () => {
    const sealed = sealedFor(7, clear, 'https://bücher.test/');
    expect(openedFor(7, sealed, ring, 'https://xn--bcher-kva.test/')).toEqual(clear);
  });

  test('a sealed header of the previous version is opened for every origin, and sealed again for its own', () => {
    const before = { 'X-Tenant': sealAsBefore(ring, 7, 'X-Tenant', 'hunter2') };
    expect(openedFor(7, before, ring, 'https://evil.test/')).toEqual({ 'X-Tenant': 'hunter2' });
    const sealed = sealedFor(7, before);
    expect(openedFor(7, sealed)).toEqual({ 'X-Tenant': 'hunter2' });
    expect(() => openedFor(7, sealed, ring, 'https://evil.test/')).toThrow(SealError);
  });

  test('a sealed header stays as it is under the current key, and is sealed again when the key changes', () => {
    const sealed = sealedFor(7);
    expect(sealedFor(7, sealed)).toEqual(sealed);
    const rotated = keyRingOf('second', 'first');
    const renewed = sealHeaders(rotated, { id: 7, api: API, headers: sealed, secretHeaders: [] });
    expect(keyIdsOf(renewed)).toEqual(['second']);
    expect(openedFor(7, renewed, keyRingOf('second'))).toEqual(clear);
  });

  test('a sealed header that cannot be opened stays as it is', () => {
    const sealed = sealedFor(7);
    const rotated = keyRingOf('second', 'first');
    const without = (headers: StoredHeaders, jobId: number, keys = rotated) =>
      sealHeaders(keys, { id: jobId, api: API, headers, secretHeaders: [] });
    expect(without(sealed, 8)).toEqual(sealed);
    expect(without(sealed, 7, keyRingOf('second'))).toEqual(sealed);
    const broken = { Authorization: { $secret: 'broken' } };
    expect(without(broken, 7)).toEqual(broken);
  });

  test('the error about a header that cannot be opened has its name and not its value', () => {
    const name = `X-${'a'.repeat(200)}-Token`;
    const sealed = sealedFor(7, { [name]: 'hunter2' });
    expect(() => openedFor(7, sealed, keyRingOf('second'))).toThrow(
      new SealError(`the secret header ${name.slice(0, 100)} cannot be decrypted: the key first is missing`),
    );
  });

  test('a sealed header may be called __proto__', () => {
    const headers = JSON.parse('{"__proto__": "hunter2"}');
    const sealed = sealHeaders(ring, { id: 7, api: API, headers, secretHeaders: ['__proto__'] });
    expect(JSON.stringify(sealed)).toMatch(/^{"__proto__":{"\$secret":"v2:first:/);
    expect(JSON.stringify(openedFor(7, sealed))).toBe(JSON.stringify(headers));
  });
});
