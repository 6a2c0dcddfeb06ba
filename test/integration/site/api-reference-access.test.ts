import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { makeHandler } from '../../../functions/ui/handler.ts';
import { openSite } from '../../../functions/ui/site.ts';
import { openApiJson } from '../../../lib/api/openapi.ts';
import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts';
import { buildSite } from '../../../site/build-site.ts';
import { chromiumPath, startBrowser } from '../../support/browser.ts';
import { findViolations } from '../../support/find-violations.ts';

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

const themes = ['light', 'dark'] as const;
const THEME_SHOWS = { light: 'html:not(.dark-mode)', dark: 'html.dark-mode' };

/** Looks at the page in both themes. A page follows the theme without being loaded again, and a load takes seconds. */
async function expectAccessible(page: Page): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(THEME_SHOWS[theme]).waitFor();
    expect([theme, ...(await findViolations(page))]).toEqual([theme]);
  }
}

/** Opens the page, and fails at its end if the page broke its policy. */
async function open(shown: string): Promise<{ page: Page; close: () => Promise<void> }> {
  document = shown;
  // axe needs a context that was opened by itself.
  const context = await browser.newContext({ viewport: { width: 1_200, height: 900 } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${gateway.address}/docs`);
  await page.locator('.opblock').first().waitFor();
  const close = async (): Promise<void> => {
    await context.close();
    expect(faults).toEqual([]);
  };
  return { page, close };
}

// A page of 1.7 MB is slow where the machine is busy with others.
describe.skipIf(chromiumPath === undefined)('the API reference', { timeout: 300_000 }, () => {
  test('axe finds an image without a text, and a text with little contrast', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.setContent(`
      <!doctype html><html lang="en"><title>A page</title><main>
      <h1>A page</h1><img src="data:,"><p style="color: #ccc; background: #fff">pale</p></main></html>`);
    const found = await findViolations(page);
    await context.close();
    expect(found).toEqual([
      'color-contrast: <p style="color: #ccc; background: #fff">pale</p>',
      'image-alt: <img src="data:,">',
    ]);
  });

  test('axe finds nothing on the list of all operations, in both themes', async () => {
    const { page, close } = await open(openApiJson());
    await expectAccessible(page);
    await close();
  });

  describe('with few operations', () => {
    let page: Page;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ page, close } = await open(shortDocument()));
    }, 300_000);
    afterAll(() => close());

    test('the dialog of keys keeps the focus until Escape closes it, and returns it', async () => {
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
      expect(await opener.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    });

    test('axe finds nothing on the dialog of keys, with a key and without one, in both themes', async () => {
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

    test('axe finds nothing on the schemas, in both themes', async () => {
      const schemas = page.locator('.models .json-schema-2020-12');
      await page.locator('.models-control').click();
      await schemas.first().waitFor();
      await expectAccessible(page);
      await page.locator('.models-control').click();
      await schemas.first().waitFor({ state: 'detached' });
    });

    test('axe finds nothing on operations of each method, one of them with its answer, in both themes', async () => {
      for (const method of METHODS) {
        await page.locator(`.opblock-${method} .opblock-summary-control`).first().click();
        await page.locator(`.opblock-${method}.is-open .responses-table`).first().waitFor();
      }
      const post = page.locator('.opblock-post.is-open').first();
      await post.getByRole('button', { name: 'Try it out' }).click();
      await post.getByRole('button', { name: 'Execute' }).click();
      await post.locator('.live-responses-table').waitFor();
      await expectAccessible(page);
    });

    test('a page of 320 pixels needs no scrolling sideways, also with these operations open', async () => {
      expect(await page.locator('.opblock.is-open').count()).toBe(METHODS.length);
      await page.setViewportSize({ width: 320, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    });
  });
});
