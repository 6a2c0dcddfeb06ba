import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { startBrowser } from '../../support/browser.ts';
import { findViolations } from '../../support/find-violations.ts';
import { makeSendJson } from '../../support/send-json.ts';
import { belfry } from './belfry.ts';

/** How long a page may take on a machine that is busy with others. */
const PATIENCE_MS = 30_000;

type Options = BrowserContextOptions & {
  /** The path of the first page, the overview by default. With `null` the first `go` signs in. */
  at?: string | null;
  /** The key to sign in with; the deployment's own by default. */
  key?: string;
  /** Where to open the dashboard, such as a proxy; Belfry itself by default. */
  address?: string;
  /** Seconds after which the page gives up a request; its own limit by default. */
  answerSeconds?: number;
};

export type Dashboard = {
  page: Page;
  /** Errors on the console, errors of scripts, and violations of the content security policy. */
  problems: string[];
  go: (path: string) => Promise<void>;
  /** Checks the whole page by axe, in the theme if there is one. A page follows the theme without being loaded again. */
  expectAccessible: (theme?: 'light' | 'dark') => Promise<void>;
  /** Fails if there was a problem, and closes the page. */
  close: () => Promise<void>;
};

/** Starts a browser for a file of tests, and returns the function that opens the dashboard in it, signed in. */
export function useBrowser(): (options?: Options) => Promise<Dashboard> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  return async (options) => openDashboard(browser, options);
}

async function openDashboard(
  browser: Browser,
  { at = '/', key = belfry().apiKey, address = belfry().address, answerSeconds, ...context }: Options = {},
): Promise<Dashboard> {
  const base = `${address}/ui`;
  const opened = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...context });
  opened.setDefaultTimeout(PATIENCE_MS);
  if (answerSeconds !== undefined) {
    const preferences = JSON.stringify(JSON.stringify({ answerSeconds }));
    await opened.addInitScript(`localStorage.setItem('belfry-preferences', ${preferences})`);
  }
  const page = await opened.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) problems.push(`a request to ${request.url()}`);
  });
  // The link of `npm start` signs in on any page. A page of its own for that would take as long as the page that is tested.
  let fragment = `#key=${encodeURIComponent(key)}`;
  const go = async (path: string): Promise<void> => {
    await page.goto(`${base}${path}${fragment}`);
    fragment = '';
  };
  if (at !== null) await go(at);
  return {
    page,
    problems,
    go,
    expectAccessible: async (theme) => {
      if (theme !== undefined) await page.emulateMedia({ colorScheme: theme });
      expect([theme, ...(await findViolations(page))]).toEqual([theme]);
    },
    close: async () => {
      // An answer that a test delays would fail after the page is closed.
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await opened.close();
      expect(problems).toEqual([]);
    },
  };
}

/** Calls the API with the deployment's own key, and returns the parsed answer. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers, which other tests hold against the document
export async function call(method: string, path: string, body?: object): Promise<any> {
  const send = makeSendJson({ address: belfry().address, apiKey: belfry().apiKey, timeoutMs: PATIENCE_MS });
  const { status, text } = await send(method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
