import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHandler } from '../../../functions/ui/handler.ts';
import { openSite } from '../../../functions/ui/site.ts';
import { openApiJson } from '../../../lib/api/openapi.ts';
import { routes } from '../../../lib/topology.ts';
import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts';
import { buildSite } from '../../../site/build-site.ts';
import { chromiumPath, startBrowser } from '../../support/browser.ts';

let directory: string;
let gateway: Gateway;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-site-'));
  await buildSite({ outDirectory: directory, isCompressed: false });
  const servePage = makeHandler(await openSite(directory));
  gateway = await startGateway({
    port: 0,
    invoke: async ({ path }) => ({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: path === '/openapi.json' ? openApiJson() : '{"status":"ok"}',
    }),
    invokePages: servePage,
    local: {},
    report: (line) => expect.fail(line),
  });
});
afterAll(async () => {
  await gateway.stop(0);
  await rm(directory, { recursive: true, force: true });
});

describe('the local gateway', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/ui', 'text/html; charset=utf-8'],
    ['/ui/jobs/7', 'text/html; charset=utf-8'],
    ['/docs/', 'text/html; charset=utf-8'],
    ['/docs.md', 'text/markdown; charset=utf-8'],
    ['/docs/jobs.md', 'text/markdown; charset=utf-8'],
    ['/openapi.json', 'application/json'],
    ['/uix', 'application/json'],
  ])('%s is answered with %s', async (path, contentType) => {
    const response = await fetch(`${gateway.address}${path}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
  });

  test('each file that a page names is served, and may be kept', async () => {
    for (const page of ['/ui/', '/docs/']) {
      const html = await (await fetch(`${gateway.address}${page}`)).text();
      const names = [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, name = '']) => name);
      expect(names.length).toBeGreaterThan(2);
      for (const name of names) {
        const response = await fetch(`${gateway.address}${page}${name}`);
        expect([name, response.status, response.headers.get('cache-control')]).toEqual([
          name,
          200,
          'public, max-age=31536000, immutable',
        ]);
      }
    }
  });

  test('the licences of the packages in the dashboard are served with it', async () => {
    const text = await (await fetch(`${gateway.address}/ui/licences.txt`)).text();
    for (const name of ['react', 'react-dom', '@base-ui/react', '@tanstack/react-query'])
      expect(`\n${text}`).toContain(`\n${name}\n\n`);
    expect(text.match(/MIT License/gi)?.length).toBeGreaterThan(4);
  });

  test('the licences of Swagger UI are served with it', async () => {
    for (const name of ['LICENSE.txt', 'NOTICE.txt', 'swagger-ui-bundle.js.LICENSE.txt'])
      expect((await fetch(`${gateway.address}/docs/swagger-ui/${name}`)).status).toBe(200);
  });
});

// A page of 1.7 MB is slow where the machine is busy with others.
describe.skipIf(chromiumPath === undefined)('the API reference in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('the page shows every operation, keeps to its policy, asks no other host, and follows the theme', async () => {
    const context = await browser.newContext({
      colorScheme: 'dark',
      viewport: { width: 1_200, height: 1_000 },
    });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(gateway.address)) faults.push(request.url());
    });
    await page.goto(`${gateway.address}/docs`);
    await page.locator('.opblock').first().waitFor();
    expect(await page.locator('.opblock').count()).toBe(routes.length);
    await page.locator('.opblock-summary-control', { hasText: '/api/v1/jobs/batch' }).click();
    await page.getByText('Create up to 1000 jobs').first().waitFor();
    expect(await page.locator('html').getAttribute('class')).toBe('dark-mode');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('html:not(.dark-mode)').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a request that a reader tries goes to the Belfry that serves the page', async () => {
    const page = await browser.newPage();
    await page.goto(`${gateway.address}/docs/#/Service/getHealth`);
    await page.getByRole('button', { name: 'Try it out' }).click();
    const [request] = await Promise.all([
      page.waitForRequest((asked) => asked.url().endsWith('/health')),
      page.getByRole('button', { name: 'Execute' }).click(),
    ]);
    expect(request.url()).toBe(`${gateway.address}/health`);
    await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    await page.close();
  });
});
