import * as fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  createSigningSecret,
  SigningKey,
  signingKeyOf,
  signRequest,
} from '../../../lib/secrets/sign-request.ts';

const bytes = (limits: { minLength: number; maxLength: number }) =>
  fc.uint8Array(limits).map((array) => Buffer.from(array));

describe('the signature of a request', () => {
  const body = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'binary', maxLength: 200 }),
    bytes({ minLength: 0, maxLength: 200 }),
    // Longer than the buffer for usual texts, and around its end.
    fc.integer({ min: 2_600, max: 9_000 }).map((length) => 'é€x'.repeat(length / 3)),
    fc.integer({ min: 8_000, max: 9_000 }).map((length) => Buffer.alloc(length, 'x')),
  );

  test('a key makes the HMAC-SHA256 of Node, regardless of its length and of the text', () => {
    const keyBytes = bytes({ minLength: 1, maxLength: 150 });
    fc.assert(
      fc.property(
        keyBytes,
        fc.array(fc.tuple(fc.string(), body), { minLength: 1, maxLength: 5 }),
        (key, texts) => {
          const signingKey = new SigningKey(key);
          for (const [head, text] of texts) {
            const expected = createHmac('sha256', key)
              .update(head)
              .update(text ?? '')
              .digest('base64');
            expect(signingKey.sign(head, text)).toBe(expected);
          }
        },
      ),
    );
  });

  test('a lone surrogate is signed as it is sent', () => {
    const key = Buffer.alloc(32, 1);
    const sent = Buffer.from('a\ud800b', 'utf8');
    expect(new SigningKey(key).sign('', 'a\ud800b')).toBe(
      createHmac('sha256', key).update(sent).digest('base64'),
    );
  });

  test('each key has a signature, the newest first', () => {
    const secrets = [createSigningSecret(), createSigningSecret()];
    const request = { id: 'belfry-1-2-3', timestampSeconds: 1_795_947_637, body: '{"n":1}' };
    const expected = secrets.map((secret) => {
      const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
      return `v1,${hmac.update('belfry-1-2-3.1795947637.{"n":1}').digest('base64')}`;
    });
    expect(signRequest(secrets.map(signingKeyOf), request)).toBe(expected.join(' '));
  });

  test('a printed or serialised key does not show its bytes', () => {
    const key = signingKeyOf(createSigningSecret());
    key.sign('id.1.', 'body');
    expect(inspect(key, { depth: 10, showHidden: true })).toBe('SigningKey {}');
    expect(JSON.stringify({ key })).toBe('{"key":{}}');
  });
});
