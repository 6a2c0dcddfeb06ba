import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { expect } from 'vitest';
import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import { makeHandler } from '../../functions/api/handler.ts';
import type { Job, NewJob } from '../../lib/domain/job.ts';
import { makeOpenApiDocument } from '../../lib/api/openapi.ts';
import { ManualClock } from './manual-clock.ts';
import { memoryApiKeys } from './memory-api-keys.ts';
import { memoryExecutions } from './memory-executions.ts';
import { memoryFailures } from './memory-failures.ts';
import { memoryJobs } from './memory-jobs.ts';
import { memoryOperations } from './memory-operations.ts';
import { memorySigningKeys } from './memory-signing-keys.ts';
import { memoryStats } from './memory-stats.ts';
import { memoryRequests } from './memory-requests.ts';
import { loopbackPolicy } from './outgoing.ts';
import { makeResponseCheck } from './openapi-check.ts';
import { makeTestLog } from './test-log.ts';

const checkResponse = makeResponseCheck(makeOpenApiDocument());

/** The content of the queue. */
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
  // The check against the document covers the form of bodies, so tests may read any field.
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

  const jobs = memoryJobs(START, state);
  const handler = makeHandler({
    ...jobs,
    ...memoryExecutions(START, { jobs: state.jobs, get: jobs.getJob }),
    ...memoryFailures(START),
    ...keys,
    ...memorySigningKeys(START),
    claimRequest: memoryRequests(),
    readScheduleLoad: async ({ fromMs, untilMs }) => ({
      countedAtMs: clock.nowMs(),
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
