import { beforeEach, describe, expect, test } from 'vitest';
import {
  lockOpen,
  restoreAttempts,
  reviseOpen,
  takeWhileFewOpen,
} from '../../../lib/db/take-back-executions.ts';
import { cancelOpen, cancelToCome, withdrawAttempts } from '../../support/take-back.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { until } from '../../support/waiting.ts';
import {
  after,
  dispatch,
  emptyTables,
  NOON,
  pool,
  readExecutions,
  storeJob,
  TOKEN,
  useOwnDatabase,
} from './fixture.ts';

await useOwnDatabase();

const statuses = ['SCHEDULED', 'RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED'] as const;
type Status = (typeof statuses)[number];

/** The given time before noon, when the first of the executions is due. */
const before = (ms: number) => after(-ms);

let jobId: number;
let ids: Record<Status, number>;
let otherIds: Record<Status, number>;

beforeEach(async () => {
  await emptyTables();
  jobId = (await storeJob()).id;
  ids = await storeOneOfEach(jobId);
  otherIds = await storeOneOfEach((await storeJob()).id);
});

async function storeOneOfEach(ofJobId: number): Promise<Record<Status, number>> {
  const executions = await dispatch(ofJobId, ...statuses.map((_, index) => after(-index)));
  const idOf = (status: Status) => executions[statuses.indexOf(status)]!.id;
  for (const [index, status] of statuses.entries()) {
    const { id } = executions[index]!;
    const isRunning = status === 'RUNNING';
    await pool.query(
      `update job_executions
          set status = $2, claim_token = $3, lease_expires_at = $4, error_message = $5 where id = $1`,
      [
        id,
        status,
        isRunning ? TOKEN : null,
        isRunning ? NOON : null,
        status === 'RETRYING' ? 'HTTP 500' : null,
      ],
    );
  }
  return {
    SCHEDULED: idOf('SCHEDULED'),
    RUNNING: idOf('RUNNING'),
    RETRYING: idOf('RETRYING'),
    SUCCESS: idOf('SUCCESS'),
    FAILED: idOf('FAILED'),
    CANCELLED: idOf('CANCELLED'),
  };
}

/** The rows that the work changed, of either job: status → new values of the row. */
async function changesOf(work: () => Promise<unknown>) {
  const all = [...Object.values(ids), ...Object.values(otherIds)];
  const before = await readExecutions(...all);
  await work();
  const now = await readExecutions(...all);
  return now.flatMap((row, index) => {
    const old = Object.entries(before[index]!);
    const changed = Object.entries(row).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(old.find(([name]) => name === key)?.[1]),
    );
    return changed.length === 0 ? [] : [{ id: row.id, ...Object.fromEntries(changed) }];
  });
}

describe('taking executions back', () => {
  test('taking back cancels upcoming executions', async () => {
    let cancelled: number[] = [];
    const changes = await changesOf(async () => {
      cancelled = await cancelToCome(pool, jobId, 'SCHEDULE_CHANGED', before(5));
    });
    expect(cancelled).toEqual([ids.SCHEDULED]);
    expect(changes).toEqual([
      {
        id: ids.SCHEDULED,
        status: 'CANCELLED',
        error_message: 'the schedule was changed',
        updated_at: before(5),
      },
    ]);
  });

  test('a changed schedule leaves due executions alone', async () => {
    const changes = await changesOf(() => cancelToCome(pool, jobId, 'SCHEDULE_CHANGED', NOON));
    expect(changes).toEqual([]);
  });

  test('a stopped job leaves a due execution its first attempt, and no retry', async () => {
    let cancelled: number[] = [];
    const changes = await changesOf(async () => {
      cancelled = await cancelOpen(pool, jobId, 'JOB_PAUSED', NOON);
    });
    expect(cancelled).toEqual([ids.RETRYING]);
    expect(changes).toContainEqual({ id: ids.SCHEDULED, is_withdrawn: true });
  });

  test('a resume ends the withdrawal of executions that are still open', async () => {
    await cancelOpen(pool, jobId, 'JOB_PAUSED', NOON);
    const changes = await changesOf(async () => restoreAttempts(pool, await lockOpen(pool, [jobId])));
    expect(byId(changes)).toEqual(
      byId([ids.SCHEDULED, ids.RUNNING].map((id) => ({ id, is_withdrawn: false }))),
    );
  });

  test('the open executions of jobs are locked, and no others', async () => {
    const open = [ids, otherIds].flatMap(({ SCHEDULED, RUNNING, RETRYING }) => [
      SCHEDULED,
      RUNNING,
      RETRYING,
    ]);
    const otherJobId = jobId + 1;
    const locked = await lockOpen(pool, [otherJobId, jobId]);
    expect(locked.map(({ id }) => id)).toEqual(open.toSorted((a, b) => a - b));
    expect(locked[0]).toEqual({
      id: ids.SCHEDULED,
      jobId,
      executionTime: NOON,
      status: 'SCHEDULED',
      trigger: 'SCHEDULE',
    });
    expect(await lockOpen(pool, [])).toEqual([]);
  });

  test('jobs are taken while they have few open executions together, and never fewer than one job', async () => {
    const jobIds = [jobId, jobId + 2, jobId + 1];
    expect(await takeWhileFewOpen(pool, jobIds, 6)).toEqual(jobIds);
    expect(await takeWhileFewOpen(pool, jobIds, 5)).toEqual([jobId, jobId + 2]);
    expect(await takeWhileFewOpen(pool, jobIds.toReversed(), 1)).toEqual([jobId + 1]);
    expect(await takeWhileFewOpen(pool, [], 1)).toEqual([]);
  });

  test('open executions are found on every day that has any, also outside of the partitions of days', async () => {
    await ensurePartitions(pool, after(-3 * DAY_MS), 6);
    const times = [after(-900 * DAY_MS), after(-2 * DAY_MS), after(900 * DAY_MS)];
    const stored = await dispatch(jobId, ...times);
    const open = await lockOpen(pool, [jobId]);
    expect(open.map(({ id }) => id)).toEqual(expect.arrayContaining(stored.map(({ id }) => id)));
    expect(open).toHaveLength(6);
    await emptyTables();
    expect(await lockOpen(pool, [jobId])).toEqual([]);
  });

  const withdrawn = () => [
    { id: ids.RUNNING, is_withdrawn: true, updated_at: after(5) },
    {
      id: ids.RETRYING,
      status: 'CANCELLED',
      updated_at: after(5),
      error_message: 'the job was paused; last attempt: HTTP 500',
    },
  ];
  const byId = <T extends { id: number | undefined }>(rows: T[]) =>
    rows.toSorted((a, b) => Number(a.id) - Number(b.id));

  test('taking back cancels waiting retries, with the result of their last attempt, and withdraws running attempts', async () => {
    let cancelled: number[] = [];
    const changes = await changesOf(async () => {
      cancelled = await withdrawAttempts(pool, jobId, 'JOB_PAUSED', after(5));
    });
    expect(cancelled).toEqual([ids.RETRYING]);
    expect(byId(changes)).toEqual(byId(withdrawn()));
  });

  test('taking back all open executions cancels and withdraws', async () => {
    let cancelled: number[] = [];
    const changes = await changesOf(async () => {
      cancelled = await cancelOpen(pool, jobId, 'JOB_PAUSED', before(5));
    });
    expect(new Set(cancelled)).toEqual(new Set([ids.RETRYING, ids.SCHEDULED]));
    expect(changes).toHaveLength(3);
  });

  test('taking back misses no execution that a worker moves from one state to another at the same time', async () => {
    const worker = await pool.connect();
    try {
      await worker.query('begin');
      await worker.query(
        `update job_executions set status = 'RETRYING', claim_token = null, lease_expires_at = null where id = $1`,
        [ids.RUNNING],
      );
      const takingBack = cancelOpen(pool, jobId, 'JOB_PAUSED', after(5));
      await until(async () => {
        const { rowCount } = await pool.query(`select from pg_locks where not granted`);
        return rowCount !== 0;
      });
      await worker.query('commit');
      expect(await takingBack).toContain(ids.RUNNING);
    } finally {
      worker.release(false);
    }
  });

  test('taking back revises open executions', async () => {
    await pool.query('update jobs set revision = id + 7');
    const changes = await changesOf(async () => reviseOpen(pool, await lockOpen(pool, [jobId, jobId + 1])));
    const revised = [ids, otherIds].flatMap(({ SCHEDULED, RUNNING, RETRYING }, place) =>
      [SCHEDULED, RUNNING, RETRYING].map((id) => ({ id, job_revision: jobId + place + 7 })),
    );
    expect(byId(changes)).toEqual(byId(revised));
  });
});
