import { beforeAll, describe, expect, test } from 'vitest';
import { openStack } from './support/stack.ts';

const stack = openStack();
const { ApiId, ApiStage } = stack.outputs;
const address = `${stack.endpoint}/_aws/execute-api/${ApiId}/${ApiStage}`;

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${address}${path}`, { headers, redirect: 'manual', signal: AbortSignal.timeout(20_000) });

describe('the pages of the deployed stack', () => {
  let dashboard: string;
  beforeAll(async () => {
    dashboard = await (await get('/ui/')).text();
  });

  test('the deployed stack serves the dashboard below its stage, without a key', async () => {
    const response = await get('/ui/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
    expect(dashboard).toContain(`<base href="/${ApiStage}/ui/"`);
    expect(await (await get('/ui/jobs/7')).text()).toBe(dashboard);
  });

  test('the root of the deployed stack leads to the dashboard', async () => {
    const response = await get('/');
    expect([response.status, response.headers.get('location')]).toEqual([302, `/${ApiStage}/ui/`]);
  });

  test('the deployed stack sends the same text, regardless of the encodings that a caller accepts', async () => {
    const [, script = ''] = /src="(assets\/[^"]+\.js)"/.exec(dashboard) ?? [];
    const texts = [];
    for (const encoding of ['br', 'gzip', 'identity']) {
      const response = await get(`/ui/${script}`, { 'accept-encoding': encoding });
      expect([encoding, response.status]).toEqual([encoding, 200]);
      expect(response.headers.get('cache-control')).toContain('immutable');
      texts.push(await response.text());
    }
    expect(texts[0]).toMatch(/react/i);
    expect(new Set(texts).size).toBe(1);
  });

  test('the deployed stack serves the API reference for people and as Markdown', async () => {
    expect(await (await get('/docs')).text()).toContain(`<base href="/${ApiStage}/docs/"`);
    expect(await (await get('/docs.md')).text()).toContain('`POST /api/v1/jobs`');
    expect((await get('/docs/gone.md')).status).toBe(404);
  });
});
