import type {
  AskedJob,
  Journal,
  ReceivedRequest,
  StoredExecution,
  StoredJob,
  Transition,
} from '../../../chaos/journal/types.ts';
import { soundAdministration } from './store-administration.ts';

/** A journal without violations, for tests to break. */

const START_MS = Date.parse('2030-03-04T10:00:00Z');
export const ms = (seconds: number): number => START_MS + seconds * 1_000;
const iso = (seconds: number): string => new Date(ms(seconds)).toISOString();

const WORKER = 'belfry-worker-1';
export const SCHEDULER = 'belfry-scheduler-1';

/** Numbers and ids are the same; due ten seconds after the start. */
function once(number: number, changes: Partial<AskedJob> = {}): AskedJob {
  return {
    number,
    name: `job ${number}`,
    type: 'AT_LEAST_ONCE',
    maxRetryCount: 2,
    retry: undefined,
    maxAgeSeconds: undefined,
    timeoutMs: 1_000,
    bodyLength: 0,
    reports: { failures: false, recoveries: false },
    pauseAfterFailures: undefined,
    isTemporary: false,
    schedule: iso(10),
    isRecurring: false,
    behaviour: { kind: 'ok' },
    request: number,
    answer: { kind: 'acknowledged', atMs: ms(1), id: number, firstMs: ms(10) },
    stop: undefined,
    ...changes,
  };
}

const stored = (id: number, changes: Partial<StoredJob> = {}): StoredJob => ({
  id,
  name: `job ${id}`,
  isActive: true,
  isDeleted: false,
  nextMs: undefined,
  failures: 0,
  pausedByRuleMs: undefined,
  ...changes,
});

function execution(id: number, jobId: number, changes: Partial<StoredExecution> = {}): StoredExecution {
  return {
    id,
    jobId,
    executionMs: ms(10),
    dueMs: ms(10),
    status: 'SUCCESS',
    trigger: 'SCHEDULE',
    originId: null,
    isCancelled: false,
    retryCount: 0,
    putOffCount: 0,
    isWithdrawn: false,
    statusCode: null,
    reason: null,
    errorMessage: null,
    ...changes,
  };
}

export function request(
  executionId: number,
  job: number,
  changes: Partial<ReceivedRequest> = {},
): ReceivedRequest {
  return {
    job,
    revision: 1,
    executionId,
    attempt: 1,
    scheduledMs: ms(10),
    arrivedMs: ms(10) + 4,
    bodyBytes: 24,
    answered: 204,
    ...changes,
  };
}

export function transition(
  seq: number,
  executionId: number,
  jobId: number,
  changes: Partial<Transition>,
): Transition {
  return {
    seq,
    atMs: ms(10),
    environment: WORKER,
    executionId,
    jobId,
    executionMs: ms(10),
    from: 'SCHEDULED',
    to: 'RUNNING',
    fromToken: null,
    toToken: null,
    jobRevision: 1,
    retryCount: 0,
    putOffCount: 0,
    dueMs: ms(10),
    leaseExpiresMs: null,
    errorMessage: null,
    ...changes,
  };
}

const claim = (seq: number, id: number, job: number, token: string, changes: Partial<Transition> = {}) =>
  transition(seq, id, job, { toToken: token, atMs: ms(10) - 40, leaseExpiresMs: ms(31), ...changes });
const end = (seq: number, id: number, job: number, token: string, changes: Partial<Transition> = {}) =>
  transition(seq, id, job, {
    from: 'RUNNING',
    to: 'SUCCESS',
    fromToken: token,
    atMs: ms(10) + 20,
    ...changes,
  });

/**
 * Job 1 succeeds after a retry, job 2 is AT_MOST_ONCE and succeeds, job 3 recurs every 5 s from second 5 on, job 4 was paused
 * in time, job 5 was changed in time. A run of job 2 was cancelled, repeated and cancelled again. Job 6 failed, was reported and
 * paused. An operation tagged two jobs.
 */
export function soundJournal(): Journal {
  const byHand = { status: 'CANCELLED', isCancelled: true } as const;
  const recurring = { schedule: '@every 5s', isRecurring: true };
  return {
    jobs: [
      once(1, { behaviour: { kind: 'fail-first', attempts: 1 } }),
      once(2, { type: 'AT_MOST_ONCE', maxRetryCount: 0 }),
      once(3, { ...recurring, answer: { kind: 'acknowledged', atMs: ms(0), id: 3, firstMs: ms(5) } }),
      once(4, { stop: { kind: 'pause', sentMs: ms(8), ackMs: ms(8.1) } }),
      once(5, { stop: { kind: 'change', sentMs: ms(8), ackMs: ms(8.1) } }),
      once(6, {
        type: 'AT_MOST_ONCE',
        maxRetryCount: 0,
        reports: { failures: true, recoveries: false },
        pauseAfterFailures: 1,
      }),
    ],
    runs: [
      {
        job: 2,
        originId: undefined,
        answer: { kind: 'acknowledged', atMs: ms(9), id: 22 },
        cancel: { sentMs: ms(9), ackMs: ms(9.1) },
      },
      {
        job: 2,
        originId: 22,
        answer: { kind: 'acknowledged', atMs: ms(9.2), id: 23 },
        cancel: { sentMs: ms(9.3), ackMs: ms(9.4) },
      },
    ],
    stored: [
      stored(1),
      stored(2),
      stored(3, { nextMs: ms(25) }),
      stored(4, { isActive: false }),
      stored(5),
      stored(6, { isActive: false, failures: 1, pausedByRuleMs: ms(11) }),
    ],
    operations: [{ tag: 'bulk-0', action: 'tag', jobIds: [71, 72], matched: 2, id: 1, isAbortAsked: false }],
    administration: soundAdministration(),
    storedOperations: [{ id: 1, tag: 'bulk-0', state: 'DONE', done: 2, skipped: 0, failed: 0 }],
    bulkJobs: [71, 72].map((id) => ({
      id,
      isActive: true,
      isDeleted: false,
      tags: ['bulk-0', 'bulk-0 done'],
      schedule: '17 3 12 * * *',
      runs: 0,
    })),
    executions: [
      execution(11, 1, { retryCount: 1, dueMs: ms(12) }),
      execution(12, 2),
      ...[5, 10, 15, 20].map((second) =>
        execution(30 + second, 3, {
          executionMs: ms(second),
          dueMs: ms(second),
          ...(second === 20 ? { status: 'SCHEDULED' } : {}),
        }),
      ),
      execution(14, 4, { status: 'CANCELLED' }),
      execution(15, 5),
      execution(61, 6, { status: 'FAILED', statusCode: 500 }),
      execution(62, 6, { trigger: 'CALLBACK', originId: 61, executionMs: ms(10.1) + 0.024, dueMs: ms(10.1) }),
      execution(22, 2, { ...byHand, trigger: 'MANUAL', executionMs: ms(9) + 0.023 }),
      execution(23, 2, { ...byHand, trigger: 'REDRIVE', originId: 22, executionMs: ms(9.2) + 0.024 }),
    ],
    requests: [
      request(11, 1, { answered: 500 }),
      request(11, 1, { attempt: 2, arrivedMs: ms(12) + 3 }),
      request(12, 2),
      ...[5, 10, 15].map((second) =>
        request(30 + second, 3, { scheduledMs: ms(second), arrivedMs: ms(second) + 2 }),
      ),
      request(15, 5, { revision: 2 }),
      request(61, 6, { answered: 500 }),
      request(62, 6, {
        isReport: true,
        report: { type: 'job.failed', executionId: 61 },
        scheduledMs: ms(10.1),
        arrivedMs: ms(10.1) + 4,
      }),
    ],
    transitions: [
      claim(1, 11, 1, 'a'),
      end(2, 11, 1, 'a', {
        to: 'RETRYING',
        retryCount: 1,
        dueMs: ms(12),
        errorMessage: 'the target answered 500',
      }),
      claim(3, 11, 1, 'b', { from: 'RETRYING', retryCount: 1, dueMs: ms(12), atMs: ms(12) - 30 }),
      end(4, 11, 1, 'b', { retryCount: 1, dueMs: ms(12), atMs: ms(12) + 10 }),
      claim(5, 12, 2, 'c'),
      end(6, 12, 2, 'c'),
      ...[5, 10, 15].flatMap((second) => {
        const times = { executionMs: ms(second), dueMs: ms(second) };
        return [
          claim(second, 30 + second, 3, `r${second}`, { ...times, atMs: ms(second) - 20 }),
          end(second + 1, 30 + second, 3, `r${second}`, { ...times, atMs: ms(second) + 10 }),
        ];
      }),
      transition(40, 14, 4, { to: 'CANCELLED', environment: 'belfry-api-1', atMs: ms(8) + 50 }),
      transition(41, 15, 5, {
        to: 'SCHEDULED',
        environment: 'belfry-api-1',
        atMs: ms(8) + 50,
        jobRevision: 2,
      }),
      claim(42, 15, 5, 'd', { jobRevision: 2 }),
      end(43, 15, 5, 'd', { jobRevision: 2 }),
      claim(50, 61, 6, 'f'),
      end(51, 61, 6, 'f', { to: 'FAILED' }),
      claim(52, 62, 6, 'g', {
        executionMs: ms(10.1) + 0.024,
        dueMs: ms(10.1),
        atMs: ms(10.1),
        leaseExpiresMs: ms(60),
      }),
      end(53, 62, 6, 'g', { executionMs: ms(10.1) + 0.024, dueMs: ms(10.1), atMs: ms(10.1) + 20 }),
    ],
    answers: [
      { what: 'POST /api/v1/jobs', atMs: ms(1), status: 201, code: undefined, hasRetryAfter: false },
      { what: 'POST /api/v1/jobs', atMs: ms(2), status: 503, code: 'UNAVAILABLE', hasRetryAfter: true },
    ],
    ticks: [{ startedMs: ms(6), endedMs: ms(6.2) }],
    quietMs: ms(18),
  };
}
