import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import { findUrlFault } from '../../../lib/api/job-url.ts';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const isDocumented = ajv
  .addSchema(makeOpenApiDocument(), 'openapi')
  .compile({ $ref: 'openapi#/components/schemas/NewJob/properties/api' });

test.each([
  'https://example.com',
  'http://example.com:8080/a/b?c=d&e=%20',
  'HTTPS://EXAMPLE.COM/',
  'http://127.0.0.1/',
  'http://[::1]:9000/',
  'https://exämple.com/ü?q=ä',
  'https://example.com/?at=a@b',
  'https://example.com/a@b',
])('a job may call %s', (url) => {
  expect(findUrlFault(url)).toBeUndefined();
  expect(isDocumented(url)).toBe(true);
});

test.each([
  ['', 'http or https'],
  ['example.com', 'http or https'],
  ['/hook', 'http or https'],
  ['ftp://example.com/', 'http or https'],
  ['file:///etc/passwd', 'http or https'],
  ['javascript:alert(1)', 'http or https'],
  ['http:example.com', 'http or https'],
  ['http://', 'http or https'],
  ['http:///path', 'http or https'],
  ['http://?a', 'http or https'],
  ['http://exa mple.com/', 'http or https'],
  [' http://example.com/', 'http or https'],
  ['http://example.com/\n', 'http or https'],
  ['http://exam\tple.com/', 'http or https'],
  ['http://example.com\\@evil.example/', 'http or https'],
  ['http://example.com:99999/', 'has port 99999; ports go from 1 to 65535'],
  ['http://[::1]:70000/?a=b', 'has port 70000; ports go'],
  ['http://example.com:http/', 'has a port that is not a number; ports go'],
  ['http://999.1.1.1/', 'its host cannot be read'],
  ['http://[::1', 'http or https'],
  ['http://%00/', 'its host cannot be read'],
  ['http://user:password@example.com/', 'Authorization'],
  ['http://user@example.com/', 'Authorization'],
  ['http://@example.com/', 'Authorization'],
  ['https://example.com/a#b', 'fragment'],
  ['https://example.com/#', 'fragment'],
])('the URL %j is refused with the remedy "%s"', (url, remedy) => {
  expect(findUrlFault(url)).toContain(remedy);
});

test('a URL has at most 2,048 characters', () => {
  const url = 'https://example.com/'.padEnd(2_048, 'a');
  expect(findUrlFault(url)).toBeUndefined();
  expect(findUrlFault(`${url}a`)).toContain('2048');
});
