import type {
  AskedJob,
  BulkJob,
  Journal,
  StoredExecution,
  StoredJob,
  Transition,
} from '../../../chaos/journal/types.ts';
import { ms, request, SCHEDULER, transition } from './journal.ts';

export const withExecution =
  (id: number, changes: Partial<StoredExecution>) =>
  (journal: Journal): Journal => ({
    ...journal,
    executions: journal.executions.map((one) => (one.id === id ? { ...one, ...changes } : one)),
  });

export const withTransition =
  (seq: number, executionId: number, changes: Partial<Transition>) =>
  (journal: Journal): Journal => ({
    ...journal,
    transitions: journal.transitions.map((one) =>
      one.seq === seq && one.executionId === executionId ? { ...one, ...changes } : one,
    ),
  });

const without =
  <Key extends 'executions' | 'requests' | 'stored'>(
    key: Key,
    isGone: (one: Journal[Key][number]) => boolean,
  ) =>
  (journal: Journal): Journal => ({ ...journal, [key]: journal[key].filter((one) => !isGone(one)) });

const withRequest =
  (added: Parameters<typeof request>) =>
  (journal: Journal): Journal => ({ ...journal, requests: [...journal.requests, request(...added)] });

const OCCURRENCES = 'every acknowledged occurrence has exactly one execution';
const STUCK = 'every execution ends';
const REACHES = 'an AT_LEAST_ONCE execution reaches its target, or is FAILED after its retries';
const TRUE = 'the outcome matches what the target answered to the last attempt';
export const CLAIMED = 'each request belongs to a claim, and is repeated at most once';
const FENCED = 'no outcome is written by a worker that has lost its claim';
const LIMITED = 'attempts never exceed the limit';
const STOPS =
  'no request leaves after its job was paused, changed or deleted, except for an execution that was due before';
const ANSWERS = 'the API answers 503 with Retry-After, never 500';

const RUNS = 'every run by hand that was acknowledged has its execution, and no other exists';
const CANCELLED = 'no claim follows an acknowledged cancellation';
const WHOLE = 'a complete request carries the whole body of its job';

const REPORTS = 'each failure of a job with onFailure has exactly one report';
const PAUSES = 'a job is paused when so many of its executions in a row have failed, and not before';
const OPERATIONS_END = 'each operation that was acknowledged exists once, and ends';
const OPERATIONS_CHANGE = 'an operation changes each of its jobs as it says, and no other operation does';

const withStored =
  (id: number, changes: Partial<StoredJob>) =>
  (journal: Journal): Journal => ({
    ...journal,
    stored: journal.stored.map((one) => (one.id === id ? { ...one, ...changes } : one)),
  });

const withAsked =
  (number: number, changes: Partial<AskedJob>) =>
  (journal: Journal): Journal => ({
    ...journal,
    jobs: journal.jobs.map((one) => (one.number === number ? { ...one, ...changes } : one)),
  });

const withBulkJob =
  (changes: Partial<BulkJob>) =>
  (journal: Journal): Journal => ({
    ...journal,
    bulkJobs: journal.bulkJobs.map((one) => (one.id === 72 ? { ...one, ...changes } : one)),
  });

/** What breaks a sound journal, the rule that must find it, and how to break it. */
export const damages: [string, string, (journal: Journal) => Journal][] = [
  ['a run by hand that is gone', RUNS, without('executions', ({ id }) => id === 22)],
  ['a repetition of another execution', RUNS, withExecution(23, { originId: 11 })],
  ['a run by hand that no caller asked for', RUNS, withExecution(12, { trigger: 'MANUAL' })],
  ['a cancelled run that failed', CANCELLED, withExecution(22, { status: 'FAILED' })],
  [
    'a claim after a cancellation',
    CANCELLED,
    (journal) => ({
      ...journal,
      transitions: [...journal.transitions, transition(90, 22, 2, { toToken: 'z', atMs: ms(10) })],
    }),
  ],
  ['an acknowledged job that is gone', OCCURRENCES, without('stored', ({ id }) => id === 2)],
  ['an occurrence without an execution', OCCURRENCES, without('executions', ({ id }) => id === 12)],
  [
    'an occurrence with two executions',
    OCCURRENCES,
    (journal) => ({
      ...journal,
      executions: [
        ...journal.executions,
        ...journal.executions.filter(({ id }) => id === 12).map((one) => ({ ...one, id: 99 })),
      ],
    }),
  ],
  [
    'a body that is cut short',
    WHOLE,
    (journal) => ({
      ...journal,
      jobs: journal.jobs.map((job) => ({ ...job, bodyLength: 1_000_000 })),
    }),
  ],
  ['a time of a recurring job left out', OCCURRENCES, without('executions', ({ id }) => id === 40)],
  ['an execution that no schedule has', OCCURRENCES, withExecution(40, { executionMs: ms(11) })],
  [
    'a schedule that is not served',
    OCCURRENCES,
    (journal) => ({
      ...journal,
      stored: journal.stored.map((job) => (job.id === 3 ? { ...job, nextMs: ms(15) } : job)),
      executions: journal.executions.filter(({ jobId, executionMs }) => jobId !== 3 || executionMs < ms(15)),
    }),
  ],
  [
    'half a batch',
    OCCURRENCES,
    (journal) => ({
      ...journal,
      jobs: [
        ...journal.jobs.map((job) => (job.number === 1 ? { ...job, request: 7 } : job)),
        ...journal.jobs.slice(0, 1).map((job) => ({
          ...job,
          number: 8,
          name: 'job 8',
          request: 7,
          answer: { kind: 'unknown' as const },
        })),
      ],
    }),
  ],
  [
    'a refused job that exists',
    OCCURRENCES,
    (journal) => ({
      ...journal,
      jobs: journal.jobs.map((job) =>
        job.number === 1 ? { ...job, answer: { kind: 'refused', status: 400 } } : job,
      ),
    }),
  ],
  ['an execution that never ended', STUCK, withExecution(12, { status: 'RUNNING' })],
  [
    'an execution taken back although its job was not stopped',
    STUCK,
    withExecution(12, { status: 'CANCELLED' }),
  ],
  [
    'a success that no target saw',
    REACHES,
    without('requests', ({ executionId, attempt }) => executionId === 11 && attempt === 2),
  ],
  [
    'a success that the target did not grant',
    TRUE,
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.executionId === 12 ? { ...one, answered: 500 } : one)),
    }),
  ],
  [
    'an execution given up with retries left',
    REACHES,
    withExecution(11, { status: 'FAILED', errorMessage: 'no' }),
  ],
  [
    'an answer that the target did not give',
    TRUE,
    withExecution(12, { status: 'FAILED', statusCode: 500, errorMessage: 'the target answered 500' }),
  ],
  [
    'AT_MOST_ONCE sent twice',
    'no AT_MOST_ONCE execution is sent twice',
    withRequest([12, 2, { arrivedMs: ms(11) }]),
  ],
  [
    'AT_MOST_ONCE sent twice, as two executions',
    'no AT_MOST_ONCE execution is sent twice',
    withRequest([98, 2, { arrivedMs: ms(11) }]),
  ],
  ['a request without a claim', CLAIMED, withRequest([11, 1, { attempt: 3, arrivedMs: ms(16) }])],
  ['two requests of one claim', CLAIMED, withRequest([11, 1, { attempt: 2, arrivedMs: ms(13) }])],
  ['a request before its claim', CLAIMED, withTransition(5, 12, { atMs: ms(10) + 9 })],
  [
    'a request before it is due',
    'no request leaves before it is due',
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) =>
        one.executionId === 12 ? { ...one, arrivedMs: ms(10) - 2 } : one,
      ),
    }),
  ],
  [
    'a retry before its backoff has passed',
    'no request leaves before it is due',
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.attempt === 2 ? { ...one, arrivedMs: ms(12) - 2 } : one)),
    }),
  ],
  [
    'a request after the lease of its claim',
    'no request leaves after the lease of its claim',
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.executionId === 12 ? { ...one, arrivedMs: ms(32) } : one)),
    }),
  ],
  [
    'a claim long before it is due',
    'no execution is claimed long before it is due',
    withTransition(5, 12, { atMs: ms(9) }),
  ],
  ['an outcome by another worker', FENCED, withTransition(6, 12, { environment: 'belfry-worker-2' })],
  [
    'a claim of an execution that is already claimed',
    FENCED,
    withTransition(3, 11, { from: 'RUNNING', fromToken: 'a' }),
  ],
  [
    'a lease that is ended early',
    'no claim is freed before its lease ends',
    withTransition(2, 11, {
      environment: SCHEDULER,
      errorMessage: 'the worker vanished during the request: outcome unknown',
      atMs: ms(29),
    }),
  ],
  [
    'an ended execution that changes',
    'an ended execution never changes',
    (journal) => ({
      ...journal,
      transitions: [
        ...journal.transitions,
        transition(90, 12, 2, { from: 'SUCCESS', to: 'RETRYING', environment: SCHEDULER }),
      ],
    }),
  ],
  ['a retry too many', LIMITED, withTransition(4, 11, { retryCount: 3 })],
  [
    'a claim too many',
    LIMITED,
    (journal) => ({
      ...journal,
      transitions: [
        ...journal.transitions,
        transition(90, 12, 2, { from: 'RETRYING', toToken: 'z', atMs: ms(13) }),
      ],
    }),
  ],
  [
    'a claim after the pause was acknowledged',
    STOPS,
    (journal) => ({
      ...journal,
      transitions: [...journal.transitions, transition(90, 14, 4, { toToken: 'z' })],
    }),
  ],
  [
    'a retry that was claimed after its job was paused',
    STOPS,
    (journal) => ({
      ...journal,
      jobs: journal.jobs.map((job) =>
        job.number === 1 ? { ...job, stop: { kind: 'pause', sentMs: ms(11), ackMs: ms(11.1) } } : job,
      ),
    }),
  ],
  [
    'a request as the job was before its change',
    STOPS,
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.executionId === 15 ? { ...one, revision: 1 } : one)),
    }),
  ],
  ['a failure without a report', REPORTS, without('executions', ({ id }) => id === 62)],
  [
    'a failure with two reports',
    REPORTS,
    (journal) => ({
      ...journal,
      executions: [
        ...journal.executions,
        ...journal.executions.filter(({ id }) => id === 62).map((one) => ({ ...one, id: 63 })),
      ],
    }),
  ],
  [
    'a report of another execution',
    'a report that was delivered tells of the execution that it belongs to',
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) =>
        one.report === undefined ? one : { ...one, report: { ...one.report, executionId: 60 } },
      ),
    }),
  ],
  ['a report that no target saw', REACHES, without('requests', ({ executionId }) => executionId === 62)],
  ['a job that was not paused', PAUSES, withStored(6, { isActive: true, pausedByRuleMs: undefined })],
  ['a job that was paused too soon', PAUSES, withAsked(6, { pauseAfterFailures: 2 })],
  [
    'an operation that never ended',
    OPERATIONS_END,
    (journal) => ({
      ...journal,
      storedOperations: journal.storedOperations.map((one) => ({ ...one, state: 'RUNNING' })),
    }),
  ],
  [
    'an operation that was started twice',
    OPERATIONS_END,
    (journal) => ({
      ...journal,
      storedOperations: journal.storedOperations.flatMap((one) => [one, { ...one, id: 2 }]),
    }),
  ],
  ['a job that an operation left out', OPERATIONS_CHANGE, withBulkJob({ tags: ['bulk-0'] })],
  ['a job that an operation ran twice', OPERATIONS_CHANGE, withBulkJob({ runs: 2 })],
  [
    'an operation that counts a job too many',
    OPERATIONS_CHANGE,
    (journal) => ({
      ...journal,
      storedOperations: journal.storedOperations.map((one) => ({ ...one, done: 3 })),
    }),
  ],
  [
    'an answer with status 500',
    ANSWERS,
    (journal) => ({ ...journal, answers: journal.answers.map((one) => ({ ...one, status: 500 })) }),
  ],
  [
    'a 503 without Retry-After',
    ANSWERS,
    (journal) => ({ ...journal, answers: journal.answers.map((one) => ({ ...one, hasRetryAfter: false })) }),
  ],
];
