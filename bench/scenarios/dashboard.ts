import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { createPool } from '../../lib/db/pool.ts';
import { startBrowser } from '../../test/support/browser.ts';
import { findChromium } from '../../test/support/find-chromium.ts';
import { endLocal, type LocalProcess, serviceUrls, startLocalRun } from '../../test/support/local-process.ts';
import { makeSendJson } from '../../test/support/send-json.ts';
import { percentile } from '../../test/support/stats.ts';
import { listViews } from '../support/dashboard/screens.ts';
import { replay } from '../support/dashboard/replay.ts';
import { openVisitor, type Sent, type Visit } from '../support/dashboard/visit.ts';
import { loadHostOutcomes } from '../support/deployment/load-host-outcomes.ts';
import { prepareData } from '../support/deployment/prepare-data.ts';
import type { Bench, Scenario } from '../support/figures.ts';

const JOBS = 1_000_000;
const EXECUTIONS_OF_EACH = 5;
/** The calls of each request, for each round of visits. */
const CALLS = 35;
const GOAL_MS = 50;
const MAX_ROWS = 100;
/** Jobs that run during the measurement. */
const LIVE_JOBS = 60;
const createdJobs = z.object({ items: z.array(z.object({ id: z.int() })) });

export const dashboard: Scenario = {
  name: 'dashboard',
  title: `each screen over ${JOBS.toLocaleString('en-US')} jobs and five times as many executions, unless --jobs says otherwise`,
  isOnlyByName: true,
  repetitions: 3,
  run: async (bench) => {
    if (findChromium() === undefined)
      throw new Error('there is no Chromium; install one, or set CHROMIUM_PATH');
    const { data } = bench.options;
    const directory = data ?? (await mkdtemp(join(tmpdir(), 'belfry-bench-dashboard-')));
    const remove = async (): Promise<void> => {
      if (data === undefined) await rm(directory, { recursive: true, force: true });
    };
    bench.services.atEnd(remove);
    let started: LocalProcess | undefined;
    const end = async (): Promise<void> => {
      if (started !== undefined) await endLocal(started);
    };
    bench.services.atEnd(end);
    try {
      const jobs = bench.options.jobs ?? JOBS;
      await prepareData(directory, { jobs, executions: jobs * EXECUTIONS_OF_EACH }, bench);
      const env = { BELFRY_RATE_LIMIT_PER_SECOND: '10000', BELFRY_RATE_LIMIT_BURST: '20000' };
      const run = await startLocalRun(directory, env, (process) => (started = process));
      await measure(bench, run, directory);
    } finally {
      await end();
      await remove();
    }
  },
};

async function measure(
  bench: Bench,
  run: {
    address: string;
    apiKey: string;
    call: (method: string, path: string, body?: object) => Promise<unknown>;
  },
  directory: string,
): Promise<void> {
  const send = makeSendJson({ ...run, timeoutMs: 30_000 });
  const echo = `${run.address}/_local/echo`;
  const live = Array.from({ length: LIVE_JOBS }, (_, place) => ({
    name: `live ${place}`,
    schedule: '@every 10s',
    api: place % 10 === 0 ? `${echo}?status=503` : echo,
    maxRetryCount: 0,
  }));
  const { items } = createdJobs.parse(await run.call('POST', '/api/v1/jobs/batch', { jobs: live }));
  const pool = createPool((await serviceUrls(directory)).postgres, {
    max: 1,
    statementTimeoutMs: 60_000,
    onError: () => {},
  });
  try {
    await loadHostOutcomes(pool, Date.now());
    bench.progress('looks for the thousandth pages');
    const views = await listViews(send);
    const visits = await visitAll(bench, run, views);
    reportScreens(bench, visits);
    await measureRequests(bench, { send, pool }, visits);
  } finally {
    await pool.end();
    // Another run may use the same data.
    for (const { id } of items) await send('DELETE', `/api/v1/jobs/${id}`);
  }
}

async function visitAll(
  bench: Bench,
  run: { address: string; apiKey: string },
  views: Awaited<ReturnType<typeof listViews>>,
): Promise<Visit[]> {
  const browser = await startBrowser();
  const visits: Visit[] = [];
  try {
    for (let round = 1; round <= bench.options.repetitions; round += 1) {
      bench.progress(`visits ${views.length} views, round ${round}`);
      const visitor = await openVisitor(browser, run);
      for (const view of views) visits.push(await visitor.visit(view));
      await visitor.close();
    }
  } finally {
    await browser.close();
  }
  return visits;
}

function reportScreens(bench: Bench, visits: readonly Visit[]): void {
  for (const [view, some] of Map.groupBy(visits, (visit) => visit.view)) {
    const refused = some.flatMap(({ sent }) => sent).filter(({ status }) => status !== 200);
    for (const { method, path, status } of refused)
      bench.note(`${view.name}: ${method} ${path} answered ${status}`);
    const n = `${some.length} visits`;
    const most = Math.max(...some.map(({ sent }) => sent.length));
    bench.progress(`  ${view.name}: ${most} requests, rows ${Math.max(...some.map(({ rows }) => rows))}`);
    bench.figure(`${view.name}: requests`, '', n, [most], { atMost: view.requests });
    bench.figure(
      `${view.name}: rows of the longest table`,
      '',
      n,
      [Math.max(...some.map(({ rows }) => rows))],
      {
        atMost: MAX_ROWS,
      },
    );
    const times = some.flatMap(({ sent }) => sent.map(({ ms }) => ms)).toSorted((a, b) => a - b);
    bench.limit(`its requests as the browser saw them, p50`, 'ms', String(times.length), [
      percentile(times, 50),
    ]);
    bench.limit(`its requests as the browser saw them, the longest`, 'ms', String(times.length), [
      times.at(-1) ?? Number.NaN,
    ]);
  }
}

/** Measures each request that a screen has made, one at a time. */
async function measureRequests(
  bench: Bench,
  { send, pool }: { send: ReturnType<typeof makeSendJson>; pool: ReturnType<typeof createPool> },
  visits: readonly Visit[],
): Promise<void> {
  const requests = new Map<string, { sent: Sent; name: string }>();
  for (const { sent, view } of visits)
    for (const each of sent) {
      // Several views send the same request.
      const key = shapeOf(each) + (each.body ?? '').replaceAll(/2\d{3}-[^"]*/g, '…');
      if (!requests.has(key)) requests.set(key, { sent: each, name: `${view.name}: ${shapeOf(each)}` });
    }
  for (const { sent, name } of requests.values()) {
    bench.progress(name);
    const calls = CALLS * bench.options.repetitions;
    const cost = await replay(send, pool, sent, calls);
    const n = String(calls);
    bench.progress(
      `  p50 ${cost.p50Ms.toFixed(1)} ms, p99 ${cost.p99Ms.toFixed(1)} ms, PostgreSQL ${cost.serverMs.toFixed(1)} ms, processor ${cost.cpuMs.toFixed(1)} ms`,
    );
    bench.figure(`${name}, p99`, 'ms', n, [cost.p99Ms], { atMost: GOAL_MS });
    bench.limit('p50', 'ms', n, [cost.p50Ms]);
    bench.limit('the longest', 'ms', n, [cost.maxMs]);
    bench.limit('its statements in PostgreSQL, mean', 'ms', n, [cost.serverMs]);
    bench.limit('its statements in PostgreSQL, the longest of each', 'ms', n, [cost.serverMaxMs]);
    bench.limit('processor time of PostgreSQL, mean', 'ms', n, [cost.cpuMs]);
    bench.limit('the answer', 'kB', n, [cost.sizeBytes / 1_000]);
  }
}

/** The request without its values, so that all visits of a view share its requests. */
const shapeOf = ({ method, path }: Sent): string =>
  `${method} ${path.replace(/(ids|cursor|from|since|until)=[^&]*/g, '$1=…').replace(/\/\d+/g, '/{id}')}`;
