import type { AskedJob, BulkJob, Journal, StoredJob } from '../../../../chaos/journal/types.ts';
import { type Damage, without } from './change-journal.ts';

const REACHES = 'an AT_LEAST_ONCE execution that is SUCCESS has reached its target';
const ANSWERS = 'the API answers 503 with Retry-After, never 500';
const REPORTS = 'failures-reported';
const PAUSES = 'failing-jobs-paused';
const OPERATIONS_END = 'operations-end';
const OPERATIONS_CHANGE = 'operations-change-jobs';

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

/** Reports, pauses, operations and the answers of the API. */
export const reportsAndOperations: Damage[] = [
  ['a failure without a report', REPORTS, without('executions', ({ id }) => id === 62)],
  [
    'a failure with two reports',
    REPORTS,
    (journal) => ({
      ...journal,
      executions: [
        ...journal.executions,
        ...journal.executions
          .filter(({ id }) => id === 62)
          .map((one) => ({ ...one, id: 63, executionMs: one.executionMs + 0.01 })),
      ],
    }),
  ],
  [
    'a report that its job does not want',
    REPORTS,
    withAsked(6, { reports: { failures: false, recoveries: false } }),
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
  [
    'a job that a spread left out',
    OPERATIONS_CHANGE,
    (journal) =>
      withBulkJob({ schedule: '0 12 * * *' })({
        ...journal,
        operations: journal.operations.map((one) => ({ ...one, action: 'spread' })),
      }),
  ],
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
