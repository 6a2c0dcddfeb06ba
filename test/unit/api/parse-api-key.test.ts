import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../../lib/domain/errors.ts';
import { parseNewApiKey } from '../../../lib/api/parse-api-key.ts';

const minimal = { name: 'ops', scopes: ['read'] };

function fieldsOf(json: unknown): string[] {
  try {
    parseNewApiKey(json);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.errors.map(({ field }) => field);
  }
}

describe('a request for a new key', () => {
  test('a new key needs only a name and scopes', () => {
    expect(parseNewApiKey(minimal)).toEqual({ ...minimal, expiresAt: null, rateLimitPerSecond: null });
  });

  test('a new key may have an expiry and a rate limit', () => {
    const asked = { ...minimal, expiresAt: '2031-05-01T12:00:00+02:00', rateLimitPerSecond: 100_000 };
    expect(parseNewApiKey(asked)).toMatchObject({
      expiresAt: new Date('2031-05-01T10:00:00Z'),
      rateLimitPerSecond: 100_000,
    });
  });

  test.each([
    [{}, ['name', 'scopes']],
    [[], ['body']],
    ['text', ['body']],
    [{ ...minimal, name: '' }, ['name']],
    [{ ...minimal, name: 'x'.repeat(101) }, ['name']],
    [{ ...minimal, name: 'a\nb' }, ['name']],
    [{ ...minimal, name: null }, ['name']],
    [{ ...minimal, scopes: [] }, ['scopes']],
    [{ ...minimal, scopes: 'read' }, ['scopes']],
    [{ ...minimal, scopes: ['read', 'read'] }, ['scopes[1]']],
    [{ ...minimal, scopes: ['root'] }, ['scopes[0]']],
    [{ ...minimal, expiresAt: null }, ['expiresAt']],
    [{ ...minimal, expiresAt: 'tomorrow' }, ['expiresAt']],
    [{ ...minimal, expiresAt: '2031-05-01T12:00:00' }, ['expiresAt']],
    [{ ...minimal, expiresAt: '2031-05-01T12:00Z' }, ['expiresAt']],
    [{ ...minimal, expiresAt: '2031-02-30T12:00:00Z' }, ['expiresAt']],
    [{ ...minimal, expiresAt: 1_900_000_000 }, ['expiresAt']],
    [{ ...minimal, rateLimitPerSecond: 0 }, ['rateLimitPerSecond']],
    [{ ...minimal, rateLimitPerSecond: 1.5 }, ['rateLimitPerSecond']],
    [{ ...minimal, rateLimitPerSecond: 100_001 }, ['rateLimitPerSecond']],
    [{ ...minimal, rateLimitPerSecond: Infinity }, ['rateLimitPerSecond']],
    [{ ...minimal, key: 'bfy_mine', id: 1 }, ['key', 'id']],
  ])('the new key %j is refused, and the error names its fields', (json, fields) => {
    expect(fieldsOf(json)).toEqual(fields);
  });
});
