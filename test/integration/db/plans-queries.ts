import { gatherByNextTime, gatherWaiting } from '../../../lib/db/gather-jobs.ts';
import { listWaiting } from '../../../lib/db/upcoming-executions.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { findExecutionRequests, insertExecutions } from '../../../lib/db/dispatch-executions.ts';
import { findDispatchedAfter } from '../../../lib/db/execution-history.ts';
import { readOutlook } from '../../../lib/db/hibernation.ts';
import {
  advanceSchedules,
  deleteSchedules,
  findSchedule,
  lockDueSchedules,
  lockDueSchedulesOfJobs,
  lockSchedules,
  setSchedules,
} from '../../../lib/db/job-schedules.ts';
import { findDispatchedJobs, findJobRequests } from '../../../lib/db/job-requests.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import type { OpenExecution } from '../../../lib/domain/open-execution.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import {
  findOldestDue,
  freeExpiredClaims,
  listExpiredClaims,
  listWaitingExecutions,
} from '../../../lib/db/reconcile-executions.ts';
import { groupJobs, tagJobs } from '../../../lib/db/operations.ts';
import { recordOutcomes } from '../../../lib/db/record-outcomes.ts';
import { findStoredOccurrences, insertSkipped } from '../../../lib/db/skipped-executions.ts';
import { restoreAttempts, reviseOpen, takeBack } from '../../../lib/db/take-back-executions.ts';
import { lockJobs, markJobsDeleted, setJobsActive } from '../../../lib/db/job-states.ts';
import { findLastDispatched, findScheduleTexts, lockSchedulesAfter } from '../../../lib/db/zone-data.ts';
import { after, NOON, OTHER_TOKEN } from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { BUSY_JOB, type Execution, JOBS, MIDNIGHT, QUIET_JOB, takeWaiting, waiting } from './plans-data.ts';
import { failedAttempt, retryAt, succeeded } from '../../support/outcomes.ts';
import { deleteOldAttempts, listAttempts } from '../../../lib/db/attempts.ts';
import { deleteOldKeys } from '../../../lib/db/idempotency-keys.ts';
import { findJobByKey, findLiveKeys } from '../../../lib/db/job-keys.ts';
import { findExecutionRecord } from '../../../lib/db/find-execution-record.ts';

/** Every tenth key is old. */
const FILL_IDEMPOTENCY_KEYS = `
  insert into idempotency_keys (id, request_hash, created_at, claim_token, claim_expires_at)
  select sha256(n::text::bytea), sha256(n::text::bytea), $1::timestamptz + (case when n % 10 = 0 then -1 else 1 end) * n * interval '1 s',
         gen_random_uuid(), $1
    from generate_series(1, 5000) n`;

const claimOf = (executions: Execution[]) => ({
  executions,
  claimToken: OTHER_TOKEN,
  now: NOON,
  dueBy: NOON,
  leaseExpiresAt: after(6e4),
});
const outcomesOf = (executions: Execution[]) =>
  executions.map((execution) => ({
    ...execution,
    ...succeeded,
    claimToken: OTHER_TOKEN,
  }));
const failuresOf = (executions: Execution[]) =>
  executions.map((execution) => ({
    ...execution,
    ...retryAt(after(1_000)),
    claimToken: OTHER_TOKEN,
    attempt: failedAttempt({ executionId: execution.id, executionTime: execution.executionTime }),
  }));
const openOf = (count: number, from: 'one second' | 'all over'): OpenExecution[] =>
  takeWaiting(count, from).map((execution) => ({
    ...execution,
    jobId: BUSY_JOB,
    status: 'SCHEDULED',
    trigger: 'SCHEDULE',
  }));
const ids = (count: number) => Array.from({ length: count }, (_, index) => index * 90 + 1);
type Query = {
  run: (tx: Queryable) => Promise<unknown>;
  prepare?: (tx: Queryable) => Promise<unknown>;
  /** The largest number of rows that it returns or changes. */
  rows: number;
};

const batches = [100, 500].flatMap((count) =>
  (['one second', 'all over'] as const).flatMap((from): [string, () => Query][] => [
    [
      `the claim of ${count} from ${from}`,
      () => ({ run: (tx) => claimExecutions(tx, claimOf(takeWaiting(count, from))), rows: count }),
    ],
    [
      `the outcomes of ${count} from ${from}`,
      () => ({
        run: (tx) => recordOutcomes(tx, outcomesOf(takeWaiting(count, from)), NOON),
        prepare: (tx) => claimExecutions(tx, claimOf(takeWaiting(count, from))),
        rows: count,
      }),
    ],
    [
      `the failures of ${count} from ${from}`,
      () => ({
        run: (tx) => recordOutcomes(tx, failuresOf(takeWaiting(count, from)), NOON),
        prepare: (tx) => claimExecutions(tx, claimOf(takeWaiting(count, from))),
        rows: count * 2,
      }),
    ],
    [
      `the requests of ${count} from ${from}`,
      () => ({
        run: (tx) =>
          findExecutionRequests(
            tx,
            takeWaiting(count, from).map((execution) => execution.id),
          ),
        rows: count * 2,
      }),
    ],
  ]),
);

/** The statements that return or change a number of rows that is known. */
export const queries: [string, () => Query][] = [
  ...batches,
  [
    'the lock of the tick',
    () => ({ run: (tx) => lockDueSchedules(tx, { now: NOON, horizon: NOON }, 200), rows: 200 }),
  ],
  [
    'the lock of given jobs',
    () => ({
      run: (tx) => lockDueSchedulesOfJobs(tx, ids(200), { now: NOON, horizon: after(DAY_MS) }, 200),
      rows: 200,
    }),
  ],
  ['a page of all schedules', () => ({ run: (tx) => lockSchedulesAfter(tx, JOBS / 2, 500), rows: 500 })],
  ['the schedules of a page', () => ({ run: (tx) => findScheduleTexts(tx, ids(500)), rows: 500 })],
  [
    'the last executions of jobs',
    () => ({ run: (tx) => findLastDispatched(tx, ids(200), after(-2 * DAY_MS)), rows: 200 }),
  ],
  ['the jobs of a tick', () => ({ run: (tx) => findDispatchedJobs(tx, ids(500)), rows: 500 })],
  ['large requests', () => ({ run: (tx) => findJobRequests(tx, ids(8)), rows: 8 })],
  [
    'the executions of a tick',
    () => ({
      run: (tx) =>
        insertExecutions(
          tx,
          ids(500).map((jobId) => ({ jobId, jobRevision: 1, executionTime: after(jobId) })),
          NOON,
        ),
      rows: 500,
    }),
  ],
  [
    'the skipped occurrences of a tick',
    () => ({
      run: (tx) =>
        insertSkipped(
          tx,
          ids(500).map((jobId) => ({
            jobId,
            jobRevision: 1,
            first: after(jobId),
            last: after(jobId + 60_000),
            count: 2,
          })),
          NOON,
          'TICK',
        ),
      rows: 500,
    }),
  ],
  [
    'the executions among skipped occurrences',
    () => ({
      run: (tx) =>
        findStoredOccurrences(
          tx,
          ids(500).map((jobId) => ({ jobId, firstMs: after(-DAY_MS).getTime(), lastMs: NOON.getTime() })),
          10,
        ),
      rows: 5_000,
    }),
  ],
  [
    'the occurrence after skipped ones',
    () => ({
      run: (tx) =>
        findDispatchedAfter(tx, {
          jobId: QUIET_JOB,
          executionTime: after(-2 * DAY_MS),
          createdAt: after(-3 * DAY_MS),
        }),
      rows: 1,
    }),
  ],
  [
    'the advance of a tick',
    () => ({
      run: (tx) =>
        advanceSchedules(
          tx,
          ids(500).map((jobId) => ({ jobId, nextExecutionTime: after(DAY_MS) })),
        ),
      rows: 500,
    }),
  ],
  ['the end of schedules', () => ({ run: (tx) => deleteSchedules(tx, ids(500)), rows: 500 })],
  [
    'the first page of waiting executions',
    () => ({ run: (tx) => listWaitingExecutions(tx, NOON, { id: 0, dueAt: new Date(0) }, 500), rows: 500 }),
  ],
  [
    'a later page of waiting executions',
    () => {
      const { id, executionTime: dueAt } = waiting[10_000]!;
      return { run: (tx) => listWaitingExecutions(tx, NOON, { id, dueAt }, 500), rows: 500 };
    },
  ],
  [
    'the first page of upcoming executions',
    () => ({
      run: (tx) => listWaiting(tx, { after: undefined, until: after(DAY_MS), limit: 51, walked: 1_000 }),
      rows: 51,
    }),
  ],
  [
    'a later page of upcoming executions',
    () => {
      const { id, executionTime } = waiting[10_000]!;
      const place = { atUs: executionTime.getTime() * 1_000, id };
      return {
        run: (tx) => listWaiting(tx, { after: place, until: after(DAY_MS), limit: 51, walked: 1_000 }),
        rows: 51,
      };
    },
  ],
  [
    'the jobs that wait, of which there are too many',
    () => ({ run: (tx) => gatherWaiting(tx, NOON, 500), rows: 500 }),
  ],
  [
    'the jobs that are due soon, of which there are too many',
    () => ({ run: (tx) => gatherByNextTime(tx, { now: NOON, before: after(DAY_MS) }, 500), rows: 1_000 }),
  ],
  ['the leases that have expired', () => ({ run: (tx) => listExpiredClaims(tx, NOON, 500), rows: 500 })],
  ['no lease that has expired', () => ({ run: (tx) => listExpiredClaims(tx, after(-1), 500), rows: 0 })],
  // Locks them, reads their jobs and finds them again to change them.
  ['the end of leases', () => ({ run: (tx) => freeExpiredClaims(tx, NOON, 500), rows: 1_500 })],
  ['the end of no lease', () => ({ run: (tx) => freeExpiredClaims(tx, after(-1), 500), rows: 0 })],
  ['the lock of jobs', () => ({ run: (tx) => lockJobs(tx, ids(200)), rows: 400 })],
  ['the lock of schedules', () => ({ run: (tx) => lockSchedules(tx, ids(200)), rows: 400 })],
  [
    'the schedules of changed jobs',
    () => ({
      run: (tx) =>
        setSchedules(
          tx,
          ids(200).map((jobId) => ({ jobId, nextExecutionTime: after(DAY_MS) })),
          NOON,
        ),
      rows: 200,
    }),
  ],
  [
    'the state of jobs',
    () => ({
      run: (tx) =>
        setJobsActive(
          tx,
          ids(200).map((id) => ({ id, hasRun: false })),
          false,
          NOON,
        ),
      rows: 400,
    }),
  ],
  [
    'the tags of jobs',
    () => ({
      run: (tx) => tagJobs(tx, ids(200), { add: ['new'], remove: ['even'], maxTags: 20 }, NOON),
      rows: 600,
    }),
  ],
  ['the group of jobs', () => ({ run: (tx) => groupJobs(tx, ids(200), 'new', NOON), rows: 400 })],
  ['the deletion of jobs', () => ({ run: (tx) => markJobsDeleted(tx, ids(200), NOON), rows: 400 })],
  ...(['one second', 'all over'] as const).flatMap((from): [string, () => Query][] => [
    [
      `taking back 500 from ${from}`,
      () => ({ run: (tx) => takeBack(tx, openOf(500, from), 'JOB_PAUSED', { now: after(-1) }), rows: 1_000 }),
    ],
    [
      `restoring 500 from ${from}`,
      () => ({ run: (tx) => restoreAttempts(tx, openOf(500, from)), rows: 500 }),
    ],
    [`revising 500 from ${from}`, () => ({ run: (tx) => reviseOpen(tx, openOf(500, from)), rows: 1_500 })],
  ]),
  ['the oldest due execution', () => ({ run: (tx) => findOldestDue(tx, NOON), rows: 1 })],
  ['a job by its key', () => ({ run: (tx) => findJobByKey(tx, 'job-77'), rows: 1 })],
  [
    'taken keys',
    () => ({
      run: (tx) =>
        findLiveKeys(
          tx,
          ids(100).map((n) => `job-${n}`),
        ),
      rows: 100,
    }),
  ],
  [
    'old idempotency keys',
    () => ({
      run: (tx) => deleteOldKeys(tx, NOON, 500),
      prepare: (tx) => tx.query(FILL_IDEMPOTENCY_KEYS, [NOON]),
      rows: 1_000,
    }),
  ],
  ['a job', () => ({ run: (tx) => findJob(tx, BUSY_JOB, MIDNIGHT), rows: 3 })],
  ['the outlook', () => ({ run: (tx) => readOutlook(tx), rows: 1 })],
  ['an execution by its id', () => ({ run: (tx) => findExecutionRecord(tx, waiting[77]!.id), rows: 2 })],
  ['the attempts of an execution', () => ({ run: (tx) => listAttempts(tx, 5_000, 250), rows: 2 })],
  ['old attempts', () => ({ run: (tx) => deleteOldAttempts(tx, NOON, 500), rows: 1_000 })],
  ['a schedule', () => ({ run: (tx) => findSchedule(tx, QUIET_JOB, MIDNIGHT), rows: 3 })],
];
