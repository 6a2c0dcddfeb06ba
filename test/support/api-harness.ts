import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { expect } from 'vitest';
import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import { makeHandler } from '../../functions/api/handler.ts';
import {
  ExecutionEndedError,
  ExecutionNotFoundError,
  ExecutionNotRetryableError,
  FailureGroupNotFoundError,
  JobNotFoundError,
  ScheduleNotFoundError,
} from '../../lib/domain/errors.ts';
import type { PlacedExecution } from '../../lib/db/execution-history.ts';
import type { ExecutionStatus, JobExecution } from '../../lib/domain/execution.ts';
import type { PlacedUpcoming, UpcomingPlace } from '../../lib/domain/upcoming.ts';
import type { FailureGroup } from '../../lib/domain/failure-group.ts';
import type { ExecutionFilter } from '../../lib/domain/execution-filter.ts';
import type { Job, NewJob } from '../../lib/domain/job.ts';
import { makeOpenApiDocument } from '../../lib/api/openapi.ts';
import { ManualClock } from './manual-clock.ts';
import { memoryApiKeys } from './memory-api-keys.ts';
import { memoryOperations } from './memory-operations.ts';
import { memorySigningKeys } from './memory-signing-keys.ts';
import { memoryStats } from './memory-stats.ts';
import { memoryRequests } from './memory-requests.ts';
import { loopbackPolicy } from './outgoing.ts';
import { makeResponseCheck } from './openapi-check.ts';
import { makeTestLog } from './test-log.ts';
import type { ReadExecution } from '../../lib/app/read-execution.ts';
import { completeAttempts, type ExecutionRecord } from '../../lib/domain/execution-record.ts';
import { explainExecution } from '../../lib/domain/explain.ts';

const checkResponse = makeResponseCheck(makeOpenApiDocument());

/** What the queue is said to hold. */
export const queueStats = {
  ready: 1,
  scheduled: 2,
  processing: 3,
  retrying: 4,
  completed: 5,
  failed: 6,
  oldestDueAgeSeconds: 7.5,
};

const START = Date.parse('2030-01-01T00:00:00Z');
const WRITER = 'writer-key';
const READER = 'reader-key';
const ADMIN = 'admin-key';
const WRITE_ONLY = 'write-only-key';
const CALENDAR = 'calendar-key';
const CALENDAR_READER = 'calendar-reader-key';

type Reply = {
  status: number;
  headers: Record<string, string>;
  text: string;
  // Bodies are checked against the document; here they are only looked into.
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any;
};

type Call = {
  json?: unknown;
  body?: string | null;
  isBase64Encoded?: boolean;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  key?: string | null;
  event?: Partial<APIGatewayProxyEvent>;
  remainingMs?: number;
};

/** The real handler over use cases in memory; every response is checked against the OpenAPI document. */
export function makeTestApi(overrides: Partial<ApiDeps> = {}) {
  const state = { jobs: new Map<number, Job>(), created: [] as NewJob[], keyLookups: 0 };
  const clock = new ManualClock(START);
  const { logger, logs } = makeTestLog();
  const keys = memoryApiKeys(START, [
    { key: WRITER, scopes: ['read', 'write'] },
    { key: READER, scopes: ['read'] },
    { key: ADMIN, scopes: ['admin'] },
    { key: WRITE_ONLY, scopes: ['write'] },
    { key: CALENDAR, scopes: ['calendar'] },
    { key: CALENDAR_READER, scopes: ['calendar', 'read'] },
  ]);

  const handler = makeHandler({
    ...memoryJobs(state),
    ...keys,
    ...memorySigningKeys(START),
    claimRequest: memoryRequests(),
    readScheduleLoad: async ({ fromMs, untilMs }) => ({
      jobs: 0,
      perMinute: Array.from({ length: (untilMs - fromMs) / 60_000 }, () => 0),
      isExact: true,
      busiest: [],
    }),
    queueStats: async () => queueStats,
    operations: memoryOperations(START),
    summarizeJobs: async (ids) =>
      [...state.jobs.values()]
        .filter(({ id }) => ids.includes(id))
        .map(({ id, key, name, api }) => ({
          id,
          key,
          name,
          api,
          isDeleted: false,
          scheduleWords: 'every day at 00:00, UTC',
          runs: [{ executionId: 7, executionTime: new Date(START), status: 'SUCCESS', durationMs: 12 }],
        })),
    readCalendar: async () => ({ events: [{ jobId: 1, name: 'report', timeMs: START }], isCapped: false }),
    readAuditLog: async () => ({ items: [], lastId: null }),
    ...memoryStats(clock.nowMs()),
    checkHealth: async () => ({ status: 'ok', checks: { postgres: 'ok', redis: 'ok', sqs: 'ok' } }),
    findApiKey: async (keyHash) => {
      state.keyLookups++;
      return keys.findApiKey(keyHash);
    },
    admit: async () => ({ isAdmitted: true, remaining: 199, waitMs: 0, resetMs: 10 }),
    rateLimit: { perSecond: 100, burst: 200 },
    outgoing: loopbackPolicy,
    clock,
    checkClock: () => {},
    logger,
    corsOrigins: undefined,
    deployment: 'belfry-test',
    ...overrides,
  });

  async function call(method: string, path: string, options: Call = {}): Promise<Reply> {
    const event = makeEvent(method, path, options);
    const context = { getRemainingTimeInMillis: () => options.remainingMs ?? 15_000 };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the handler reads nothing else of it
    const result = await handler(event, context as Context);
    const headers = Object.fromEntries(
      Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(checkResponse(method, path, result.statusCode, headers['content-type'], result.body)).toEqual([]);
    expect(headers).toMatchObject({ 'x-request-id': 'request-1', 'cache-control': 'no-store' });
    const isJson = headers['content-type']?.includes('json') === true;
    const json = isJson && result.body !== '' ? JSON.parse(result.body) : undefined;
    return { status: result.statusCode, headers, text: result.body, json };
  }

  return { call, logs, state, clock };
}

function makeEvent(method: string, path: string, options: Call = {}): APIGatewayProxyEvent {
  const query = Object.entries(options.query ?? {}).map(([name, value]) => [name, [value].flat()] as const);
  const key = options.key === undefined ? WRITER : options.key;
  const event: Partial<APIGatewayProxyEvent> = {
    httpMethod: method,
    path,
    headers: { ...(key !== null && { 'X-API-Key': key }), ...options.headers },
    body: options.json === undefined ? (options.body ?? null) : JSON.stringify(options.json),
    isBase64Encoded: options.isBase64Encoded ?? false,
    queryStringParameters:
      query.length === 0 ? null : Object.fromEntries(query.map(([name, values]) => [name, values.at(-1)])),
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    pathParameters: null,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest of the context is not read
    requestContext: { requestId: 'request-1' } as APIGatewayProxyEvent['requestContext'],
    ...options.event,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return event as APIGatewayProxyEvent;
}

function memoryJobs(state: { jobs: Map<number, Job>; created: NewJob[] }) {
  const create = async (job: NewJob): Promise<Job> => {
    const createdAt = new Date(START);
    const created = {
      ...job,
      id: state.jobs.size + 1,
      createdAt,
      updatedAt: createdAt,
      version: 1,
      failuresInARow: 0,
      lastOutcome: null,
    };
    const stored: Job = { ...created, nextExecutionTime: job.isActive ? new Date(START + 60_000) : null };
    state.jobs.set(stored.id, stored);
    state.created.push(job);
    return stored;
  };
  const get = async (id: number): Promise<Job> => {
    const job = state.jobs.get(id);
    if (job === undefined) throw new JobNotFoundError(id);
    return job;
  };
  const byKey = (key: string): Job | undefined => [...state.jobs.values()].find((job) => job.key === key);
  return {
    createJob: create,
    createJobs: (jobs: NewJob[]) => Promise.all(jobs.map(create)),
    listJobs: async (
      _: unknown,
      { limit, offset, afterId, withBodies, withTotal }: Parameters<ApiDeps['listJobs']>[1],
    ) => {
      const behind = [...state.jobs.values()].filter(({ id }) => id > afterId).slice(offset);
      const items = behind.slice(0, limit).map((job) => ({ ...job, body: withBodies ? job.body : null }));
      const nextId = behind.length > limit ? items.at(-1)?.id : undefined;
      return { items, total: totalOf(withTotal, state.jobs.size), nextId };
    },
    getJob: get,
    getJobByKey: async (key: string) => byKey(key) ?? Promise.reject(new JobNotFoundError({ key })),
    deleteJobByKey: async (key: string) => {
      const job = byKey(key);
      if (job === undefined) throw new JobNotFoundError({ key });
      state.jobs.delete(job.id);
    },
    putJob: async (key: string, job: NewJob) => {
      const known = byKey(key);
      if (known === undefined) return { job: await create({ ...job, key }), isNew: true };
      const replaced = { ...known, ...job, key, version: known.version + 1 };
      state.jobs.set(known.id, replaced);
      return { job: replaced, isNew: false };
    },
    changeJob: async (id: number, changes: Partial<NewJob>) => {
      const before = await get(id);
      const changed = { ...before, ...changes, version: before.version + 1 };
      state.jobs.set(id, changed);
      return changed;
    },
    deleteJob: async (id: number) => {
      await get(id);
      state.jobs.delete(id);
    },
    getSchedule: async (id: number) => {
      const { nextExecutionTime } = await get(id);
      if (nextExecutionTime === null) throw new ScheduleNotFoundError(id);
      return { id: 7, jobId: id, nextExecutionTime, createdAt: new Date(START) };
    },
    listHistory: async (
      jobId: number,
      { limit, status, withTotal }: Parameters<ApiDeps['listHistory']>[1],
    ) => {
      await get(jobId);
      const items = executionsOf(jobId).filter(
        (execution) => status === undefined || execution.status === status,
      );
      return pageOf(items, limit, withTotal);
    },
    getExecution: async (id: number) => getExecutionRecord([...state.jobs.keys()].flatMap(executionsOf), id),
    explainExecution: async (id: number) => {
      const found = getExecutionRecord([...state.jobs.keys()].flatMap(executionsOf), id);
      return explainExecution(found.execution, found.attempts);
    },
    listExecutions: async (
      filter: ExecutionFilter,
      { limit, after }: Parameters<ApiDeps['listExecutions']>[1],
    ) => {
      const items = [...state.jobs.keys()].flatMap(executionsOf).filter(({ status }) => isIn(filter, status));
      const behind = items.slice(items.findIndex(({ id }) => id === after?.id) + 1);
      const shown = behind.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown,
        next: behind.length > limit && last ? { timeUs: last.timeUs, id: last.id } : undefined,
      };
    },
    listJobUpcoming: async (jobId: number, { limit, after }: Parameters<ApiDeps['listJobUpcoming']>[1]) => {
      await get(jobId);
      return pageOfUpcoming(jobId, limit, after);
    },
    listAllUpcoming: async ({ limit, after }: Parameters<ApiDeps['listAllUpcoming']>[0]) => ({
      ...pageOfUpcoming(1, limit, after),
      isCapped: false,
    }),
    listFailures: async ({ limit }: Parameters<ApiDeps['listFailures']>[0]) => ({
      items: [aFailureGroup].slice(0, limit),
      hasMore: true,
    }),
    getFailure: async (id: number) => {
      if (id !== aFailureGroup.id) throw new FailureGroupNotFoundError(id);
      return {
        ...aFailureGroup,
        failedJobs: [{ jobId: 1, executions: 3, lastFailedAt: new Date(START), lastExecutionId: 2 }],
      };
    },
    markFailure: async (id: number, mark: Parameters<ApiDeps['markFailure']>[1]) => {
      if (id !== aFailureGroup.id) throw new FailureGroupNotFoundError(id);
      const ignoredUntil = mark.state === 'IGNORED' ? mark.until : null;
      return { ...aFailureGroup, state: mark.state, ignoredUntil };
    },
    runJob: async (jobId: number) => {
      await get(jobId);
      return { ...anExecution(3, jobId), trigger: 'MANUAL' as const };
    },
    retryExecution: async (originId: number, { force }: { force: boolean }) => {
      if (originId > 2) throw new ExecutionNotFoundError(originId);
      if (originId === 1 && !force) throw new ExecutionNotRetryableError('it has succeeded');
      return { ...anExecution(3, 1), trigger: 'REDRIVE' as const, originId };
    },
    // Execution 1 waits, 2 runs, 3 has ended.
    cancelExecution: async (id: number) => {
      if (id > 3) throw new ExecutionNotFoundError(id);
      if (id === 3) throw new ExecutionEndedError(id, 'SUCCESS');
      const status = id === 1 ? ('CANCELLED' as const) : ('RUNNING' as const);
      return { ...anExecution(id, 1), status, cancelRequestedAt: new Date(START) };
    },
  };
}

/** A dispatched execution, and the occurrence after it. */
function pageOfUpcoming(jobId: number, limit: number, after: UpcomingPlace | undefined) {
  const [first] = executionsOf(jobId);
  const execution: PlacedExecution = { ...first!, status: 'SCHEDULED' };
  const all: PlacedUpcoming[] = [
    {
      place: { atUs: START * 1_000, isDispatched: true, id: execution.id },
      item: { isDispatched: true, execution },
    },
    {
      place: { atUs: (START + 60_000) * 1_000, isDispatched: false, id: jobId },
      item: { isDispatched: false, occurrence: { jobId, timeMs: START + 60_000 } },
    },
  ];
  const behind = all.filter(({ place }) => after === undefined || place.atUs > after.atUs);
  const items = behind.slice(0, limit);
  return { items, next: behind.length > limit ? items.at(-1)?.place : undefined };
}

const totalOf = (withTotal: boolean, count: number) => (withTotal ? { count, isCapped: false } : undefined);
const pageOf = <T>(items: T[], limit: number, withTotal: boolean) => ({
  items: items.slice(0, limit),
  total: totalOf(withTotal, items.length),
  hasMore: items.length > limit,
});
const isIn = ({ statuses }: ExecutionFilter, status: ExecutionStatus): boolean =>
  statuses === undefined || statuses.some((wanted) => wanted === status);

const executionsOf = (jobId: number): PlacedExecution[] =>
  (['SUCCESS', 'FAILED'] as const).map((status, index) => ({
    ...anExecution(index + 1, jobId),
    status,
    executionDuration: index === 0 ? 12.5 : null,
    retryCount: index,
    errorMessage: index === 0 ? null : 'HTTP 500',
    reason: index === 0 ? null : 'STATUS_NOT_SUCCESS',
    startedAt: new Date(START),
    finishedAt: new Date(START),
    latenessMs: index,
    statusCode: index === 0 ? 200 : 500,
    timeUs: START * 1_000,
  }));

const anExecution = (id: number, jobId: number): JobExecution => ({
  id,
  jobId,
  trigger: 'SCHEDULE',
  originId: null,
  status: 'SCHEDULED',
  executionTime: new Date(START),
  executionDuration: null,
  retryCount: 0,
  errorMessage: null,
  reason: null,
  dueAt: new Date(START),
  startedAt: null,
  finishedAt: null,
  latenessMs: null,
  statusCode: null,
  cancelRequestedAt: null,
  createdAt: new Date(START),
  updatedAt: new Date(START),
});
function getExecutionRecord(executions: readonly PlacedExecution[], id: number): ReadExecution {
  const found = executions.find((execution) => execution.id === id);
  if (found === undefined) throw new ExecutionNotFoundError(id);
  const nothing = {
    requeuedAt: null,
    snoozeCount: null,
    snoozedMs: null,
    heldBackCount: null,
    heldBackMs: null,
    isWithdrawn: false,
    withdrawnReason: null,
  };
  const times = { firstByteMs: 1, dnsMs: null, connectMs: null, tlsMs: null };
  const trace = { isTraced: true, createdTraceparent: null };
  const execution: ExecutionRecord = {
    ...found,
    ...nothing,
    ...times,
    ...trace,
    putOffCount: 0,
    lateDispatchBy: null,
  };
  return { execution, attempts: completeAttempts(execution, []) };
}

const aFailureGroup: FailureGroup = {
  id: 1,
  host: 'example.com',
  path: '/hook/{n}',
  reason: 'STATUS_NOT_SUCCESS',
  statusCode: 503,
  message: 'the target answered {n}',
  executions: 3,
  jobs: 2,
  firstFailedAt: new Date(START),
  lastFailedAt: new Date(START),
  sampleExecutionId: 2,
  sampleJobId: 1,
  state: 'OPEN',
  ignoredUntil: null,
  resolvedAt: null,
  days: [{ date: '2030-03-04', executions: 3 }],
};
