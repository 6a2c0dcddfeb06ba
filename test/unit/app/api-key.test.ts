import { expect, test } from 'vitest';
import { createApiKey, isApiKey } from '../../../lib/app/api-key.ts';

test('a new key has 256 bits, is recognised as a key, and differs from every other', () => {
  const keys = Array.from({ length: 100 }, createApiKey);
  expect(new Set(keys).size).toBe(100);
  expect(keys.filter((key) => !isApiKey(key))).toEqual([]);
  expect(Buffer.from(keys[0]!.slice('bfy_'.length), 'base64url')).toHaveLength(32);
});

const KEY = `bfy_${'aB3_-'.repeat(8)}xyz`;

test.each([
  [KEY, true],
  [KEY.slice(0, -1), false],
  [`${KEY}x`, false],
  [`${KEY}\n`, false],
  [` ${KEY}`, false],
  [`${KEY}\n${KEY}`, false],
  [KEY.replace('bfy_', 'BFY_'), false],
  [KEY.replace('B', '+'), false],
  ['', false],
  // The value with which CloudFormation fills a secret.
  ['h"Q>vXk2#y~Zr9)F!m=8s&LwB6^t;c4J', false],
])('whether %j is a key: %s', (text, expected) => {
  expect(isApiKey(text)).toBe(expected);
});
