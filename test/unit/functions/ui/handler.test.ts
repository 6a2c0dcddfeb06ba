import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHandler } from '../../../../functions/ui/handler.ts';
import { openSite } from '../../../../functions/ui/site.ts';
import { compressFiles } from '../../../../site/compress-files.ts';

const script = `console.log(${JSON.stringify('x'.repeat(4_000))});`;
const files: Record<string, string> = {
  'site/ui/index.html': '<base href="%BASE%"><script src="assets/main-1.js"></script>',
  'site/ui/assets/main-1.js': script,
  'site/ui/assets/tiny-1.css': 'a{}',
  'site/ui/assets/dot-1.png': '\u0000\u00ff',
  'site/docs/index.html': '<base href="%BASE%">',
  'site/docs/jobs.md': '# Jobs',
  'site/docs.md': '# Belfry',
  'secret.txt': 'not part of the pages',
};

let directory: string;
let handler: ReturnType<typeof makeHandler>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-site-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  await compressFiles(join(directory, 'site'));
  handler = makeHandler(await openSite(join(directory, 'site')));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

type Asked = {
  method?: string;
  headers?: Record<string, string>;
  stage?: string;
  prefix?: string;
  resource?: string;
};

const get = (
  path: string,
  { method = 'GET', headers = {}, stage = 'local', prefix = '', resource = '' }: Asked = {},
) =>
  handler({
    httpMethod: method,
    path,
    headers,
    resource,
    requestContext: { path: `${prefix}${path}`, stage },
  });

describe('a page', () => {
  test.each(['/ui', '/ui/', '/ui/jobs', '/ui/jobs/7', '/ui/jobs/7/'])(
    '%s shows the dashboard',
    async (path) => {
      expect(await get(path)).toMatchObject({
        statusCode: 200,
        headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
        body: '<base href="/ui/"><script src="assets/main-1.js"></script>',
      });
    },
  );

  test('the addresses of a page begin with the stage of API Gateway', async () => {
    const { body } = await get('/ui/jobs/7', { prefix: '/v1', stage: 'v1' });
    expect(body).toContain('<base href="/v1/ui/">');
    expect((await get('/docs', { prefix: '/v1', stage: 'v1' })).body).toBe('<base href="/v1/docs/">');
  });

  test('the root leads to the dashboard of its stage', async () => {
    const root = await get('/');
    expect(root).toMatchObject({ statusCode: 302, headers: { location: '/ui/' } });
    for (const path of ['/', '']) {
      const { headers } = await get(path, { prefix: '/v1', stage: 'v1', resource: '/' });
      expect(headers?.['location']).toBe('/v1/ui/');
    }
  });
});

describe('a file', () => {
  test('a hashed file may be kept for a year', async () => {
    expect((await get('/ui/assets/main-1.js')).headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    expect((await get('/docs.md')).headers).toMatchObject({ 'cache-control': 'no-store' });
  });

  test('a file is sent in an encoding that the caller accepts', async () => {
    const brotli = await get('/ui/assets/main-1.js', { headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(brotli).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': 'br' } });
    expect(brotliDecompressSync(Buffer.from(brotli.body, 'base64')).toString()).toBe(script);
    const zipped = await get('/ui/assets/main-1.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } });
    expect(gunzipSync(Buffer.from(zipped.body, 'base64')).toString()).toBe(script);
    const plain = await get('/ui/assets/main-1.js');
    expect(plain).toMatchObject({ isBase64Encoded: false, body: script });
    expect(plain.headers).not.toHaveProperty('content-encoding');
  });

  test('a small file is sent as it is, and a picture in base64', async () => {
    const headers = { 'accept-encoding': 'br' };
    expect(await get('/ui/assets/tiny-1.css', { headers })).toMatchObject({
      isBase64Encoded: false,
      body: 'a{}',
    });
    const { body, isBase64Encoded } = await get('/ui/assets/dot-1.png', { headers });
    expect(isBase64Encoded).toBe(true);
    expect(Buffer.from(body, 'base64').toString()).toBe('\u0000\u00ff');
  });

  test.each([
    '/ui/assets/gone-1.js',
    '/ui/assets/gone',
    '/ui/assets/main-1.js.br',
    '/ui/favicon.ico',
    '/docs/gone',
    '/docs/gone.md',
    '/ui/../secret.txt',
    '/ui/..%2f..%2fsecret.txt',
    '/ui/%2e%2e/%2e%2e/secret.txt',
    '/ui/..\\..\\secret.txt',
    '/ui/assets/..%2findex.html',
    '/ui/assets/main-1.js%00.png',
    '/ui/assets/main-1.js\u0000',
    '/docs/../../secret.txt',
    '/ui/__proto__.x',
    '/docs/constructor',
    '/api/v1/jobs',
    '',
  ])('"%s" is not found', async (path) => {
    const { statusCode, body } = await get(path);
    expect(statusCode).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

test('a page answers HEAD like GET, and refuses other methods', async () => {
  expect(await get('/ui/', { method: 'HEAD' })).toEqual(await get('/ui/'));
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
    expect(await get('/ui/', { method })).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD' } });
  }
});

test.each(['/', '/ui/', '/ui/assets/main-1.js', '/docs/', '/docs.md', '/ui/gone.js'])(
  'the answer to %s has the headers that protect the page',
  async (path) => {
    const { headers } = await get(path);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'self'; style-src 'self'; require-trusted-types-for 'script'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  },
);
