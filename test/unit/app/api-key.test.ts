import { expect, test } from 'vitest';
import { createApiKey, isApiKey } from '../../../lib/app/api-key.ts';

test('a key that is made has 256 bits, is known as one, and is no other', () => {
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
  // What CloudFormation fills a secret with.
  ['h"Q>vXk2#y~Zr9)F!m=8s&LwB6^t;c4J', false],
])('%j is a key: %s', (text, expected) => {
  expect(isApiKey(text)).toBe(expected);
});
