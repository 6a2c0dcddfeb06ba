import type { Pool } from '../../lib/db/pool.ts';
import { percentile } from '../../test/support/stats.ts';
import { loadDeployment } from '../support/deployment/load-deployment.ts';
import { openData } from '../support/deployment/prepare-data.ts';
import { explaining } from '../support/explain.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { executionLists, upcomingLists } from '../support/lists/execution-lists.ts';
import { jobLists } from '../support/lists/job-lists.ts';
import type { List, Page } from '../support/lists/list.ts';
import { cpuBetween, readCost } from '../support/open-executions/server-cost.ts';

const JOBS = 1_000_000;
const EXECUTIONS_OF_EACH = 5;
const PAGE = 50;
const CALLS = 100;
/** A page gets only so many calls if none of them takes longer than `FAR_BELOW_MS`. */
const FIRST_CALLS = 25;
const THOUSANDTH = 1_000;
/** The number of items that one request passes on the way to the thousandth page. */
const STRIDE = THOUSANDTH - 1;
const GOAL_MS = 50;
const FAR_BELOW_MS = GOAL_MS / 2;

export const lists: Scenario = {
  name: 'lists',
  title: `pages of ${PAGE} out of ${JOBS.toLocaleString('en-US')} jobs and five times as many executions, unless --jobs says otherwise`,
  isOnlyByName: true,
  repetitions: 1,
  run: async (bench) => {
    const { pool, close } = await openDatabase(bench);
    try {
      await measureAll(bench, pool, [...jobLists(), ...executionLists(), ...upcomingLists()]);
    } finally {
      await close();
    }
  },
};

/** Opens a database with the jobs and executions: a new one, or the kept one. */
async function openDatabase(bench: Bench): Promise<{ pool: Pool; close: () => Promise<void> }> {
  const { jobs = JOBS, data } = bench.options;
  const size = { jobs, executions: jobs * EXECUTIONS_OF_EACH };
  if (data !== undefined) return openData(data, size, bench);
  const stage = await bench.services.openStage('lists');
  await loadDeployment(stage.pool, { ...size, firstDueAt: new Date(Date.now() + 300_000) }, bench.progress);
  return stage;
}

async function measureAll(bench: Bench, pool: Pool, all: readonly List[]): Promise<void> {
  bench.note(
    `n is ${FIRST_CALLS} where none of the first ${FIRST_CALLS} calls of a page took longer than ${FAR_BELOW_MS} ms, and ${CALLS} elsewhere`,
  );
  const startedMs = performance.now();
  for (const [place, list] of all.entries()) {
    const leftMs = ((performance.now() - startedMs) / place) * (all.length - place);
    const left = place === 0 ? '' : `, about ${Math.ceil(leftMs / 60_000)} min left`;
    bench.progress(`list ${place + 1} of ${all.length}${left}: ${list.name}`);
    await measure(bench, pool, list);
  }
}

async function measure(bench: Bench, pool: Pool, { name, read, skip }: List): Promise<void> {
  await measurePage(bench, pool, `${name}: first page`, () => read(pool, undefined, PAGE));
  let from: unknown;
  let passed = 0;
  for (let strides = 0; strides < PAGE; strides += 1) {
    const { count, next } = await skip(pool, from, STRIDE);
    if (next === undefined) break;
    from = next;
    passed += count;
  }
  if (from !== undefined)
    await measurePage(bench, pool, `${name}: after ${passed} items`, () => read(pool, from, PAGE));
  const client = await pool.connect();
  try {
    const db = { ...explaining(client, bench.note), connect: pool.connect, end: pool.end };
    await read(db, from, PAGE);
  } finally {
    client.release(false);
  }
}

async function measurePage(bench: Bench, pool: Pool, name: string, read: () => Promise<Page>): Promise<void> {
  const times: number[] = [];
  let items = 0;
  const before = await readCost(pool);
  const isEnough = (): boolean =>
    times.length >= CALLS || (times.length === FIRST_CALLS && Math.max(...times) <= FAR_BELOW_MS);
  while (!isEnough()) {
    const startedMs = performance.now();
    items = (await read()).count;
    times.push(performance.now() - startedMs);
  }
  const after = await readCost(pool);
  times.sort((a, b) => a - b);
  const n = String(times.length);
  bench.figure(`${name} (${items} items), p50`, 'ms', n, [percentile(times, 50)]);
  bench.figure(`${name}, p99`, 'ms', n, [percentile(times, 99)], { atMost: GOAL_MS });
  const cpuMs = cpuBetween(before, after) / 1_000 / times.length;
  bench.limit('processor time of PostgreSQL, mean', 'ms', n, [cpuMs]);
}
