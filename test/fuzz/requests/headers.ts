import * as fc from 'fast-check';

export type HeaderPair = readonly [name: string, value: string];

/**
 * Headers in addition to the key, and their effect on the request: `plain` has no effect, `unsupported` declares another media
 * type, `too large` exceeds Belfry's limit, and `open` is a case that the document does not decide.
 */
export type Headers = {
  pairs: readonly HeaderPair[];
  effect: 'plain' | 'unsupported' | 'too large' | 'open';
};

const plain = (...pairs: HeaderPair[]): Headers => ({ pairs, effect: 'plain' });
const json: HeaderPair = ['content-type', 'application/json'];

const many = (count: number): HeaderPair[] =>
  Array.from({ length: count }, (_, index) => [`x-${index}`, 'v']);

const typed = (value: string, effect: Headers['effect']): Headers => ({
  pairs: [['content-type', value]],
  effect,
});

const odd: readonly Headers[] = [
  plain(),
  typed('', 'plain'),
  typed('application/json; charset=utf-8', 'plain'),
  typed('Application/JSON;charset="UTF-8"', 'plain'),
  typed('application/json; charset=iso-8859-1', 'plain'),
  typed('application/merge-patch+json', 'open'),
  typed('application/json, text/plain', 'open'),
  typed('text/plain', 'unsupported'),
  typed('application/x-www-form-urlencoded', 'unsupported'),
  typed('multipart/form-data; boundary=a', 'unsupported'),
  typed('application/jsonx', 'unsupported'),
  typed('application', 'unsupported'),
  typed('\u00ff', 'unsupported'),
  typed('a'.repeat(9_000), 'unsupported'),
  { pairs: [json, ['content-type', 'text/plain']], effect: 'open' },
  plain(json, ['content-encoding', 'gzip']),
  plain(json, ['accept', 'text/html'], ['accept-encoding', 'br;q=9']),
  plain(json, ['origin', 'https://elsewhere.invalid'], ['access-control-request-method', 'DELETE']),
  plain(json, ['x-http-method-override', 'DELETE'], ['x-original-url', '/api/v1/keys']),
  plain(json, ['x-forwarded-for', "127.0.0.1, '"], ['forwarded', 'for=unknown']),
  plain(json, ['if-none-match', '*'], ['range', 'bytes=0-0']),
  plain(json, ['__proto__', 'a'], ['constructor', 'b'], ['tostring', 'c']),
  plain(json, ['x-twice', 'a'], ['x-twice', 'b'], ['X-Twice', 'c']),
  plain(json, ['x-latin', '\u00e9\u00a0\u00ff']),
  plain(json, ['x-belfry-reason', "UTF-8''%F0%9F%93%A6%20%E2%86%92"]),
  plain(json, ['x-belfry-reason', '100 % done']),
  { pairs: [json, ['x-belfry-reason', "UTF-8''%C3"]], effect: 'open' },
  plain(json, ['cookie', 'a=b; a=c'], ['user-agent', '']),
  plain(json, ['expect', '100-continue']),
  { pairs: [json, ['expect', 'a miracle']], effect: 'open' },
  plain(json, ...many(80)),
  { pairs: [json, ...many(101)], effect: 'too large' },
  plain(json, ['x-long', 'a'.repeat(10_000)]),
  { pairs: [json, ['x-long', 'a'.repeat(12_300)]], effect: 'too large' },
  { pairs: [json, ['x-longer', 'a'.repeat(40_000)]], effect: 'too large' },
];

export const headers: fc.Arbitrary<Headers> = fc.oneof(
  { weight: 12, arbitrary: fc.constant(plain(json)) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
