import { noFilter } from '../../test/support/no-filter.ts';
import { listExecutions } from '../../lib/app/list-executions.ts';
import { getJobs } from '../../lib/app/list-jobs.ts';
import { listAllUpcoming } from '../../lib/app/list-upcoming.ts';
import type { Pool } from '../../lib/db/pool.ts';
import { DAY_MS } from '../../lib/domain/day.ts';
import type { ExecutionFilter, ExecutionPosition } from '../../lib/domain/execution-filter.ts';
import type { JobFilter } from '../../lib/domain/job-filter.ts';
import type { UpcomingPlace } from '../../lib/domain/upcoming.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { percentile } from '../../test/support/stats.ts';
import { explaining } from '../support/explain.ts';
import { cpuBetween, readCost } from '../support/open-executions/server-cost.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import { loadDeployment } from '../support/deployment/load-deployment.ts';
import { openData } from '../support/deployment/prepare-data.ts';

const JOBS = 1_000_000;
const EXECUTIONS_OF_EACH = 5;
const PAGE = 50;
const CALLS = 100;
const THOUSANDTH = 1_000;
/** The number of items that one request reads on the way to the thousandth page. */
const STRIDE = THOUSANDTH - 1;
const GOAL_MS = 50;

/** A list: it reads a page, and returns the position of the next one. */
type List = { name: string; read: (db: Pool, from: unknown, limit: number) => Promise<Page> };
type Page = { count: number; next: unknown };

export const lists: Scenario = {
  name: 'lists',
  title: `pages of ${PAGE} out of ${JOBS.toLocaleString('en-US')} jobs and five times as many executions, unless --jobs says otherwise`,
  isOnlyByName: true,
  repetitions: 1,
  run: async (bench) => {
    const { pool, close } = await openDatabase(bench);
    try {
      for (const list of [...jobLists(), ...executionLists(), ...upcomingLists()])
        await measure(bench, pool, list);
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

async function measure(bench: Bench, pool: Pool, { name, read }: List): Promise<void> {
  bench.progress(name);
  await measurePage(bench, pool, `${name}: first page`, () => read(pool, undefined, PAGE));
  let from: unknown;
  let passed = 0;
  for (let strides = 0; strides < PAGE; strides += 1) {
    const { count, next } = await read(pool, from, STRIDE);
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
  for (let call = 0; call < CALLS; call += 1) {
    const startedMs = performance.now();
    items = (await read()).count;
    times.push(performance.now() - startedMs);
  }
  const after = await readCost(pool);
  times.sort((a, b) => a - b);
  bench.figure(`${name} (${items} items), p50`, 'ms', String(CALLS), [percentile(times, 50)]);
  bench.figure(`${name}, p99`, 'ms', String(CALLS), [percentile(times, 99)], { atMost: GOAL_MS });
  const cpuMs = cpuBetween(before, after) / 1_000 / CALLS;
  bench.limit('processor time of PostgreSQL, mean', 'ms', String(CALLS), [cpuMs]);
}

function jobLists(): List[] {
  const nextDay = new Date(Date.now() + 12 * 3_600_000);
  const filters: JobFilter[] = [
    {},
    { text: 'order' },
    { text: 'quarterly' },
    { text: 'no such text' },
    { text: 'customer order' },
    { keyPrefix: 'shop-7/' },
    { keyPrefix: 'shop-7/order/1234' },
    { tag: 'even' },
    { tag: 'r77' },
    { group: 'group-7' },
    { owner: 'team-7' },
    { host: 'host-7.example.com' },
    { state: 'ACTIVE' },
    { state: 'PAUSED' },
    { state: 'FINISHED' },
    { state: 'ACTIVE,PAUSED' },
    { lastOutcome: 'FAILED' },
    { lastOutcome: 'SUCCESS' },
    { lastOutcome: 'FAILED', tag: 'even' },
    { nextBefore: nextDay },
    { nextBefore: new Date(Date.now() + 360_000) },
    { tag: 'even', state: 'PAUSED' },
    { tag: 'even', group: 'group-8' },
    { tag: 'even', group: 'group-7' },
    { owner: 'team-7', text: 'quarterly' },
    { group: 'group-7', state: 'FINISHED' },
    { keyPrefix: 'shop-7/', tag: 'r107' },
  ];
  const page = { offset: 0, withTotal: false, maxBytes: apiLimits.pageBytes };
  const byAge = (['createdAt', '-createdAt'] as const).flatMap((sort) =>
    filters.map((filter): List => ({
      name: `jobs ${JSON.stringify(filter)} ${sort}`,
      read: async (db, from, limit) => {
        const after = typeof from === 'number' ? from : undefined;
        const { items, next } = await getJobs(db, filter, { ...page, limit, sort, after }, new Date());
        return { count: items.length, next };
      },
    })),
  );
  const byNextTime = filters.map((filter): List => ({
    name: `jobs ${JSON.stringify(filter)} nextExecutionTime`,
    read: async (db, from, limit) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it comes from the page before
      const after = from as UpcomingPlace | undefined;
      const asked = { ...page, limit, sort: 'nextExecutionTime' as const, after };
      const { items, next } = await getJobs(db, filter, asked, new Date());
      return { count: items.length, next };
    },
  }));
  return [...byAge, ...byNextTime];
}

function executionLists(): List[] {
  const filters: Partial<ExecutionFilter>[] = [
    {},
    { statuses: ['FAILED'] },
    { statuses: ['FAILED', 'CANCELLED'] },
    { statuses: ['CANCELLED'] },
    { statuses: ['RUNNING', 'RETRYING'] },
    { statuses: ['SUCCESS'] },
    { jobId: 77 },
    { tag: 'even' },
    { tag: 'r77' },
    { tag: 'r77', statuses: ['FAILED'] },
    { group: 'group-7' },
    { key: 'shop-7/order/7' },
    { trigger: 'MANUAL' },
    { host: 'host-7.example.com' },
    { host: 'host-7.example.com', statuses: ['FAILED'] },
    { since: new Date(Date.now() - 2 * DAY_MS), until: new Date(Date.now() - DAY_MS) },
  ];
  return filters.map((filter) => ({
    name: `executions ${JSON.stringify(filter)}`,
    read: async (db, from, limit) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it comes from the page before
      const after = from as ExecutionPosition | undefined;
      const { items, next } = await listExecutions(
        db,
        { ...noFilter, ...filter },
        { limit, after },
        new Date(),
      );
      return { count: items.length, next };
    },
  }));
}

function upcomingLists(): List[] {
  const untils = [
    { name: 'an hour', until: new Date(Date.now() + 2 * 3_600_000) },
    { name: 'a day', until: new Date(Date.now() + DAY_MS) },
  ];
  return untils.map(({ name, until }) => ({
    name: `upcoming for ${name}`,
    read: async (db, from, limit) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it comes from the page before
      const after = from as UpcomingPlace | undefined;
      const { items, next } = await listAllUpcoming(db, { until, limit, after }, new Date());
      return { count: items.length, next };
    },
  }));
}
