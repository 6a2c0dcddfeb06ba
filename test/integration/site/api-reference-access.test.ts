import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { makeHandler } from '../../../functions/ui/handler.ts';
import { openSite } from '../../../functions/ui/site.ts';
import { openApiJson } from '../../../lib/api/openapi.ts';
import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts';
import { buildSite } from '../../../site/build-site.ts';
import { chromiumPath, startBrowser } from '../../support/browser.ts';

/** Operations of each method. axe looks at each word of an example by itself, and needs minutes for the whole document. */
const PATHS = ['/health', '/api/v1/schedules/preview', '/api/v1/jobs/by-key/{key}', '/api/v1/jobs/{id}'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

let directory: string;
let gateway: Gateway;
let browser: Browser;
/** The document that the page reads. */
let document: string;
beforeAll(async () => {
  if (chromiumPath === undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'belfry-site-'));
  await buildSite({ outDirectory: directory, isCompressed: false });
  gateway = await startGateway({
    port: 0,
    invoke: async ({ path }) => ({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: path === '/openapi.json' ? document : '{"status":"ok"}',
    }),
    invokePages: makeHandler(await openSite(directory)),
    local: {},
    report: (line) => expect.fail(line),
  });
  browser = await startBrowser();
});
afterAll(async () => {
  if (chromiumPath === undefined) return;
  await browser.close();
  await gateway.stop(0);
  await rm(directory, { recursive: true, force: true });
});

const schema = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.record(z.string(), z.unknown()) })),
  ),
});

/** The document with few operations, and the first two answers of each. */
function shortDocument(): string {
  const whole = schema.parse(JSON.parse(openApiJson()));
  const paths = Object.fromEntries(PATHS.map((path) => [path, whole.paths[path] ?? {}]));
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path)))
    operation.responses = Object.fromEntries(Object.entries(operation.responses).slice(0, 2));
  return JSON.stringify({ ...whole, paths });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual(
    [],
  );
}

const themes = ['light', 'dark'] as const;

describe.skipIf(chromiumPath === undefined)(
  'axe finds nothing on the API reference',
  { timeout: 300_000 },
  () => {
    /** Opens the page, and fails at its end if the page broke its policy. */
    async function visit(
      { theme, width = 1_200 }: { theme: (typeof themes)[number]; width?: number },
      look: (page: Page) => Promise<void>,
    ): Promise<void> {
      const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`${gateway.address}/docs`);
      await page.locator('.opblock').first().waitFor();
      await look(page);
      await context.close();
      expect(faults).toEqual([]);
    }

    const openOperations = async (page: Page): Promise<void> => {
      for (const method of METHODS) {
        await page.locator(`.opblock-${method} .opblock-summary-control`).first().click();
        await page.locator(`.opblock-${method}.is-open .responses-table`).first().waitFor();
      }
    };

    test.each(themes)('axe finds nothing on the %s list of all operations', async (theme) => {
      document = openApiJson();
      await visit({ theme }, expectAccessible);
    });

    test.each(themes)(
      'axe finds nothing on %s operations of each method, one of them with its answer',
      async (theme) => {
        document = shortDocument();
        await visit({ theme }, async (page) => {
          await openOperations(page);
          const post = page.locator('.opblock-post.is-open').first();
          await post.getByRole('button', { name: 'Try it out' }).click();
          await post.getByRole('button', { name: 'Execute' }).click();
          await post.locator('.live-responses-table').waitFor();
          await expectAccessible(page);
        });
      },
    );

    test.each(themes)(
      'axe finds nothing on the %s dialog of keys, with a key and without one',
      async (theme) => {
        document = shortDocument();
        await visit({ theme }, async (page) => {
          await page.locator('.scheme-container .btn.authorize').click();
          const dialog = page.getByRole('dialog', { name: 'Available authorizations' });
          await dialog.waitFor();
          await expectAccessible(page);
          await dialog.getByRole('textbox').first().fill('a-key');
          await dialog
            .getByRole('button', { name: /^Authorize/ })
            .first()
            .click();
          await dialog.getByRole('button', { name: /^Logout/ }).waitFor();
          await expectAccessible(page);
          await dialog.getByRole('button', { name: 'Close' }).first().click();
          await dialog.waitFor({ state: 'detached' });
        });
      },
    );

    test('the dialog of keys keeps the focus until Escape closes it, and returns it', async () => {
      document = shortDocument();
      await visit({ theme: 'light' }, async (page) => {
        const opener = page.locator('.scheme-container .btn.authorize');
        await opener.focus();
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog', { name: 'Available authorizations' });
        await dialog.getByRole('textbox').first().waitFor();
        const isInside = () =>
          dialog.evaluate((element) => element.contains(element.ownerDocument.activeElement));
        expect(await isInside()).toBe(true);
        for (const key of ['Shift+Tab', ...Array.from({ length: 12 }, () => 'Tab')]) {
          await page.keyboard.press(key);
          expect(await isInside()).toBe(true);
        }
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        expect(await opener.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(
          true,
        );
      });
    });

    test.each(themes)('axe finds nothing on the %s schemas', async (theme) => {
      document = shortDocument();
      await visit({ theme }, async (page) => {
        await page.locator('.models-control').click();
        await page.locator('.models .json-schema-2020-12').first().waitFor();
        await expectAccessible(page);
      });
    });

    test('a page of 320 pixels needs no scrolling sideways, also with open operations', async () => {
      document = shortDocument();
      await visit({ theme: 'light', width: 320 }, async (page) => {
        await openOperations(page);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      });
    });
  },
);
