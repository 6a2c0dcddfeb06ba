import * as z from 'zod';
import type { SendJson } from '../../../test/support/send-json.ts';
import { MINUTELY_JOB } from '../deployment/shape.ts';

/** A screen, with a filter, a page or a tab. */
export type View = {
  name: string;
  path: string;
  /** A text that shows when it has loaded. */
  text: string | RegExp;
  /** The largest number of its requests, without the request for the key of the session, which a tab reads once. */
  requests: number;
};

const HOUR_MS = 3_600_000;
const PAGE = 50;
const PAGES = 1_000;
/** A page of the API has up to 1,000 items, so 50 of them lead to the thousandth page of a screen. */
const STRIDE = PAGES - 1;

const pageSchema = z.object({ items: z.array(z.object({ id: z.int() })), nextCursor: z.string().nullable() });

/** Reads the cursor of the thousandth page of a list, or of its last one. */
async function findLateCursor(send: SendJson, list: string): Promise<string> {
  let cursor = '';
  for (let strides = 0; strides < PAGE; strides += 1) {
    const after = cursor === '' ? '' : `&cursor=${cursor}`;
    const { nextCursor } = await readPage(send, `${list}limit=${STRIDE}${after}`);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return cursor;
}

async function readPage(send: SendJson, path: string): Promise<z.infer<typeof pageSchema>> {
  const { status, text } = await send('GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return pageSchema.parse(JSON.parse(text));
}

async function findFirst(send: SendJson, path: string): Promise<number> {
  const { items } = await readPage(send, path);
  if (items[0] === undefined) throw new Error(`${path} is empty`);
  return items[0].id;
}

const JOB_FILTERS = [
  'text=order',
  'text=quarterly',
  'text=no+such+text',
  'text=7%2F0',
  'state=ACTIVE',
  'state=PAUSED',
  'state=PAUSED_BY_FAILURES',
  'state=FINISHED',
  'lastOutcome=SUCCESS',
  'lastOutcome=FAILED',
  'group=group-7',
  'tag=even',
  'tag=r77',
  'owner=team-7',
  'host=host-7.example.com',
  'keyPrefix=shop-7%2F',
  'keyPrefix=shop-7%2Forder%2F1234',
  'tag=even&state=PAUSED',
  'tag=even&group=group-7',
  'tag=even&lastOutcome=FAILED',
  'state=PAUSED&lastOutcome=FAILED',
  'owner=team-7&text=quarterly',
];

const EXECUTION_FILTERS = [
  'status=RUNNING',
  'status=RETRYING',
  'status=SUCCESS',
  'status=FAILED',
  'status=CANCELLED',
  'status=FAILED%2CCANCELLED',
  'job=77',
  'key=shop-7%2Forder%2F7',
  'group=group-7',
  'tag=even',
  'tag=r77',
  'tag=r77&status=FAILED',
  'host=host-7.example.com',
  'host=host-7.example.com&status=FAILED',
  'trigger=SCHEDULE',
  'trigger=MANUAL',
];

const JOBS = /jobs? on this page|No job fits/;
/** Each filter matches some changes, so an empty page is a fault. */
const CHANGES = /[1-9]\d* changes? on this page/;
const EXECUTIONS = /executions on this page|No execution/;

/** Lists the views of the dashboard, with the requests that each may make. */
export async function listViews(send: SendJson): Promise<View[]> {
  const lateJobs = await findLateCursor(send, '/api/v1/jobs?');
  const lateEven = await findLateCursor(send, '/api/v1/jobs?tag=even&');
  const lateExecutions = await findLateCursor(send, '/api/v1/executions?');
  const lateFailed = await findLateCursor(send, '/api/v1/executions?status=FAILED&');
  const lateHistory = await findLateCursor(send, `/api/v1/jobs/${MINUTELY_JOB}/history?`);
  const failed = await findFirst(send, '/api/v1/executions?status=FAILED&limit=1');
  const group = await findFirst(send, '/api/v1/failures?limit=1');
  const hour = new Date(Math.ceil(Date.now() / HOUR_MS + 10) * HOUR_MS).toISOString().slice(0, 16);
  const days = (ago: number): string =>
    encodeURIComponent(new Date(Date.now() - ago * 24 * HOUR_MS).toISOString());
  return [
    ...['', '?span=1h', '?span=7d', '?span=30d'].map((span) => ({
      name: `overview${span}`,
      path: `/overview${span}`,
      text: /ended in the last/,
      requests: 10,
    })),
    { name: 'jobs', path: '/jobs', text: JOBS, requests: 2 },
    ...JOB_FILTERS.map((filter) => view(`jobs, ${filter}`, `/jobs?${filter}`, JOBS, 2)),
    view('jobs, thousandth page', `/jobs?cursor=${lateJobs}`, JOBS, 2),
    view('jobs, tag=even, thousandth page', `/jobs?tag=even&cursor=${lateEven}`, JOBS, 2),
    ...['', '?tab=upcoming', '?tab=request', '?tab=stats&span=30d', '?tab=changes'].map((tab) =>
      view(`job${tab}`, `/jobs/${MINUTELY_JOB}${tab}`, /upcoming/, 5),
    ),
    view('job, thousandth page', `/jobs/${MINUTELY_JOB}?cursor=${lateHistory}`, /upcoming/, 5),
    view('job, edit', '/jobs/22/edit', /Schedule/, 4),
    view('executions', '/executions', EXECUTIONS, 2),
    ...EXECUTION_FILTERS.map((filter) =>
      view(`executions, ${filter}`, `/executions?${filter}`, EXECUTIONS, 2),
    ),
    view('executions of a day', `/executions?since=${days(20)}&until=${days(19)}`, EXECUTIONS, 2),
    view('executions, thousandth page', `/executions?cursor=${lateExecutions}`, EXECUTIONS, 2),
    view(
      'executions, status=FAILED, thousandth page',
      `/executions?status=FAILED&cursor=${lateFailed}`,
      EXECUTIONS,
      2,
    ),
    view('execution', `/executions/${failed}`, 'What happened', 3),
    view('failures', '/failures', /cause/, 1),
    view('failures of a month', '/failures?within=30d', /causes/, 1),
    view('failures, state=IGNORED', '/failures?state=IGNORED', /No ignored cause/, 2),
    view('failure', `/failures/${group}`, /Jobs/, 3),
    view('calendar', '/calendar', /runs? of/, 1),
    view('calendar, a minute', `/calendar?hour=${hour}Z&minute=${hour}Z`, /runs? of/, 3),
    ...['', '?span=1h', '?span=7d', '?span=30d'].map((span) =>
      view(`groups${span}`, `/groups${span}`, /groups? on this page/, 1),
    ),
    view('groups, the most failures first', '/groups?order=worst', /groups? on this page|No group has/, 1),
    view('hosts', '/groups?tab=hosts', /hosts? on this page/, 1),
    view('hosts, the slowest first', '/groups?tab=hosts&order=worst', /hosts? on this page|No request/, 1),
    view('activity', '/activity', CHANGES, 3),
    view('activity, a job', `/activity?job=77`, CHANGES, 3),
    view('activity, a key', `/activity?by=7`, CHANGES, 3),
    view('activity, an action', `/activity?action=JOB_CHANGED`, CHANGES, 3),
    view('keys', '/keys', /\d+ keys/, 2),
  ];
}

const view = (name: string, path: string, text: string | RegExp, requests: number): View => ({
  name,
  path,
  text,
  requests,
});
