import { describe, expect, test } from 'vitest';
import { atRoot, isPagePath, splitPagePath } from '../../lib/page-path.ts';

describe('the paths of pages', () => {
  test.each([
    '/',
    '/ui',
    '/ui/',
    '/ui/jobs/7',
    '/ui/assets/main.js',
    '/docs',
    '/docs/',
    '/docs/jobs.md',
    '/docs.md',
  ])('%s is the path of a page', (path) => expect(isPagePath(path)).toBe(true));

  test.each([
    '',
    '/uix',
    '/documents',
    '/docs.mdx',
    '/docsxmd',
    '/api/v1/jobs',
    '/openapi.json',
    '/x/ui/',
    '//',
  ])('"%s" is not the path of a page', (path) => expect(isPagePath(path)).toBe(false));
});

describe('the prefix of a page', () => {
  test.each([
    ['/ui/', '', '/ui/'],
    ['/v1', '/v1', '/'],
    ['/v1/', '/v1', '/'],
    ['/v1/ui', '/v1', '/ui'],
    ['/v1/ui/jobs/7', '/v1', '/ui/jobs/7'],
    ['/tools/belfry/docs.md', '/tools/belfry', '/docs.md'],
    ['/v1/ui/ui/docs', '/v1', '/ui/ui/docs'],
  ])('%s has the prefix "%s"', (path, prefix, rest) => {
    expect(splitPagePath(path, 'v1')).toEqual({ prefix, path: rest });
  });

  test('a stage may have the name of a page', () => {
    expect(splitPagePath('/docs/ui/', 'docs')).toEqual({ prefix: '/docs', path: '/ui/' });
    expect(splitPagePath('/ui/docs/', 'ui')).toEqual({ prefix: '/ui', path: '/docs/' });
  });

  test.each(['//evil.example/ui/', '/"><script>/ui/', '/a b/ui/', '/%22/ui/', '/\\evil/ui/'])(
    '%s has no prefix that could lead a page to another place',
    (path) => expect(splitPagePath(path, 'v1')).toBeUndefined(),
  );

  test('the root of a custom domain with a base path is found by the gateway', () => {
    expect(atRoot('/belfry')).toEqual({ prefix: '/belfry', path: '/' });
    expect(atRoot('/')).toEqual({ prefix: '', path: '/' });
    expect(atRoot('//evil.example')).toBeUndefined();
  });
});
