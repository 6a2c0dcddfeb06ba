import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page, Request } from 'playwright-core';
import type { View } from './screens.ts';

/** A request of a page to the API. */
export type Sent = { method: string; path: string; body: string | null; status: number; ms: number };
export type Visit = { view: View; sent: Sent[]; rows: number };

/** A page is complete when it has sent no request for this time. */
const QUIET_MS = 400;
const PATIENCE_MS = 60_000;
/** A tab reads its own key once, with any number of screens. */
const OWN_KEY = '/api/v1/keys/me';

export type Visitor = { visit: (view: View) => Promise<Visit>; close: () => Promise<void> };

/** Opens the dashboard in a tab that is signed in, without automatic refreshes. */
export async function openVisitor(
  browser: Browser,
  { address, apiKey }: { address: string; apiKey: string },
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(`localStorage.setItem('belfry-preferences', '{"refresh":0}')`);
  const page = await context.newPage();
  const watch = watchRequests(page, address);
  await page.goto(`${address}/ui/#key=${encodeURIComponent(apiKey)}`);
  await page.getByRole('heading').first().waitFor();
  await watch.untilQuiet();
  return {
    visit: async (view) => {
      watch.forget();
      await page.goto(`${address}/ui${view.path}`);
      await page.getByText(view.text).first().waitFor();
      await watch.untilQuiet();
      // Counts the rows without the header, which is at most one row.
      const rows = await page.evaluate<number>(
        `Math.max(0, ...[...document.querySelectorAll('tbody')].map(({ rows }) => rows.length))`,
      );
      return { view, sent: watch.sent(), rows };
    },
    close: () => context.close(),
  };
}

function watchRequests(page: Page, address: string) {
  let sent: Sent[] = [];
  const state = { open: 0, lastMs: 0 };
  const pathOf = (request: Request): string | undefined => {
    const path = request.url().startsWith(address) ? request.url().slice(address.length) : '';
    const isApi = (path.startsWith('/api/') || path.startsWith('/queue/')) && path !== OWN_KEY;
    return isApi ? path : undefined;
  };
  page.on('request', (request) => {
    if (pathOf(request) === undefined) return;
    state.open += 1;
    state.lastMs = performance.now();
  });
  const end = async (request: Request): Promise<void> => {
    const path = pathOf(request);
    if (path === undefined) return;
    const response = await request.response().catch(() => null);
    const { requestStart, responseEnd } = request.timing();
    sent.push({
      method: request.method(),
      path,
      body: request.postData(),
      status: response?.status() ?? 0,
      ms: responseEnd - requestStart,
    });
    state.open -= 1;
    state.lastMs = performance.now();
  };
  page.on('requestfinished', (request) => void end(request));
  page.on('requestfailed', (request) => void end(request));
  return {
    sent: () => [...sent],
    forget: () => {
      sent = [];
    },
    untilQuiet: async () => {
      const untilMs = performance.now() + PATIENCE_MS;
      while (state.open > 0 || performance.now() - state.lastMs < QUIET_MS) {
        if (performance.now() > untilMs) throw new Error('the page does not come to rest');
        await sleep(20);
      }
    },
  };
}
