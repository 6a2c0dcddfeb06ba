import { expect, test } from 'vitest';
import { chooseEncoding } from '../../../../functions/ui/choose-encoding.ts';
import type { Encoding } from '../../../../functions/ui/site.ts';

const all: Encoding[] = ['identity', 'br', 'gzip'];

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['GZIP;Q=0.5', 'gzip'],
  ['br;q=0.1, gzip;q=0.9', 'gzip'],
  ['br;q=0, gzip;q=0', 'identity'],
  ['identity', 'identity'],
  ['identity, gzip;q=0.5', 'identity'],
  ['*', 'br'],
  ['*;q=0', 'identity'],
  ['br;q=0, *', 'gzip'],
  ['deflate', 'identity'],
  ['br;q=wrong', 'identity'],
] as const)('a caller that accepts "%s" gets %s', (accepted, encoding) => {
  expect(chooseEncoding(accepted, all)).toBe(encoding);
});

test('an encoding that is not stored is not chosen', () => {
  expect(chooseEncoding('br, gzip', ['identity', 'gzip'])).toBe('gzip');
  expect(chooseEncoding('br, gzip', ['identity'])).toBe('identity');
});
