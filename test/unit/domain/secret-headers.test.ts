import { describe, expect, test } from 'vitest';
import {
  changeHeaders,
  HIDDEN,
  isSecretName,
  makeIsSecret,
  showHeaders,
  type StoredHeaders,
  valueLength,
} from '../../../lib/domain/secret-headers.ts';

const sealed = (text: string) => ({ $secret: `v1:key:${text}` });

describe('a secret header', () => {
  test.each([
    'Authorization',
    'AUTHORIZATION',
    'Authentication',
    'Cookie',
    'X-Api-Key',
    'x-apikey',
    'api_key',
    'Key',
    'X-Auth-Token',
    'X-Access-Token',
    'X-CSRF-Token',
    'X-XSRF-TOKEN',
    'X-Amz-Security-Token',
    'X-Vault-Token',
    'Private-Token',
    'X-Gitlab-Token',
    'X-GitHub-Token',
    'X-Plex-Token',
    'AuthToken',
    'X-Functions-Key',
    'Ocp-Apim-Subscription-Key',
    'X-Goog-Api-Key',
    'CF-Access-Client-Secret',
    'X-Client_Secret',
    'X-Hub-Signature',
    'X-Hub-Signature-256',
    'X-Webhook-Signature',
    'X-Password',
    'X-Auth',
    'X-JWT',
    'DPoP',
    'X-Session-Id',
    'X-User-Credentials',
  ])('a header is secret by its name: %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  test.each([
    'Accept',
    'Content-Type',
    'User-Agent',
    'X-Request-Id',
    'X-Tag',
    'X-Monkey',
    'X-Keyboard',
    'X-Author',
    'X-Token-Count',
    'X-Secretary',
    'If-None-Match',
    'CF-Access-Client-Id',
    'X-Compass',
    'Origin',
    '__proto__',
  ])('a header is not secret by its name: %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  test('a header is secret when its job names it, in any case', () => {
    const isSecret = makeIsSecret(['X-Tenant']);
    expect([isSecret('x-tenant'), isSecret('X-TENANT'), isSecret('Cookie'), isSecret('X-Tag')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

test('the headers shown have a name for each secret, and no value', () => {
  const stored: StoredHeaders = {
    'X-Tag': 'a',
    'X-Tenant': sealed('x'),
    Authorization: sealed('y'),
    // Stored before encryption existed.
    'X-Api-Key': 'hunter2',
    ...JSON.parse('{"__proto__": "b"}'),
  };
  const shown = showHeaders(stored);
  expect(shown.secretHeaders).toEqual(['X-Tenant', 'Authorization', 'X-Api-Key']);
  expect(Object.entries(shown.headers)).toEqual([
    ['X-Tag', 'a'],
    ['X-Tenant', HIDDEN],
    ['Authorization', HIDDEN],
    ['X-Api-Key', HIDDEN],
    ['__proto__', 'b'],
  ]);
});

describe('a change of headers', () => {
  const stored: StoredHeaders = { 'X-Tag': 'a', 'X-Tenant': sealed('x'), 'X-Api-Key': 'hunter2' };

  test('a change without headers keeps all headers and all secrets', () => {
    expect(changeHeaders(stored, {})).toEqual({
      headers: stored,
      secretHeaders: ['X-Tenant', 'X-Api-Key'],
      keptSecrets: ['X-Tenant', 'X-Api-Key'],
    });
  });

  test('a change keeps headers that are sent back as they were shown, regardless of the case of the name', () => {
    const headers = { 'x-tag': 'b', 'x-tenant': HIDDEN, 'X-API-KEY': HIDDEN };
    expect(changeHeaders(stored, { headers })).toEqual({
      headers: { 'x-tag': 'b', 'x-tenant': sealed('x'), 'X-API-KEY': 'hunter2' },
      secretHeaders: ['x-tenant', 'X-API-KEY'],
      keptSecrets: ['x-tenant', 'X-API-KEY'],
    });
  });

  test('a change replaces all other headers, and keeps a secret header secret when it gets another value', () => {
    expect(changeHeaders(stored, { headers: { 'X-Tenant': 'new', 'X-New': 'c' } })).toEqual({
      headers: { 'X-Tenant': 'new', 'X-New': 'c' },
      secretHeaders: ['X-Tenant'],
      keptSecrets: [],
    });
  });

  test('a change treats the placeholder as a value for a header that was not hidden', () => {
    const headers = { 'X-Tag': HIDDEN, 'X-New': HIDDEN };
    expect(changeHeaders(stored, { headers })).toEqual({ headers, secretHeaders: [], keptSecrets: [] });
  });

  test('a change may list the secret headers again', () => {
    expect(changeHeaders(stored, { secretHeaders: ['X-Tag'] })).toEqual({
      headers: stored,
      secretHeaders: ['X-Tag'],
      keptSecrets: ['X-Tenant', 'X-Api-Key'],
    });
  });
});

test('a value counts with the same length sealed and unsealed', () => {
  expect(valueLength('Grüße')).toBe(5);
  expect(valueLength(sealed(Buffer.alloc(12 + 5 + 16).toString('base64url')))).toBe(5);
  expect(valueLength(sealed(''))).toBe(0);
});
