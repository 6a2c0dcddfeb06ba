import { beforeEach, describe, expect, test } from 'vitest';
import { countHistory, listHistory, listUpcoming } from '../../../lib/db/execution-history.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { after, dispatch, emptyTables, NOON, pool, storeJob, TOKEN, useOwnDatabase } from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

await useOwnDatabase();

beforeEach(emptyTables);

describe('listHistory', () => {
  test('listHistory pages through the executions of a job across days, the latest execution time first', async () => {
    await ensurePartitions(pool, NOON, 1);
    const { id } = await storeJob();
    await dispatch((await storeJob()).id, NOON);
    const executions = await dispatch(id, NOON, after(40 * DAY_MS), after(-DAY_MS), after(DAY_MS), after(1));
    await pool.query(`update job_executions set status = 'SUCCESS'`);
    const expected = executions.toSorted((a, b) => b.executionTime.getTime() - a.executionTime.getTime());
    const seen: number[] = [];
    for (const offset of [0, 2, 4, 6]) {
      const { items } = await listHistory(pool, id, { limit: 2, offset });
      seen.push(...items.map((item) => item.id));
    }
    expect(seen).toEqual(expected.map((execution) => execution.id));
    expect(await countHistory(pool, id, {})).toEqual({ count: 5, isCapped: false });
    const afterUs = after(DAY_MS).getTime() * 1_000;
    const behind = await listHistory(pool, id, { limit: 2, offset: 1, afterUs });
    expect(behind.items.map((item) => item.id)).toEqual(expected.slice(3).map((execution) => execution.id));
    expect(behind.hasMore).toBe(false);
    expect(await listHistory(pool, id, { limit: 4, offset: 0 })).toMatchObject({ hasMore: true });
  });

  test('listHistory contains executions that have begun or ended, even before their time, and none that waits for its first attempt', async () => {
    const { id } = await storeJob();
    const dispatched = await dispatch(id, ...[-2, -1, 0, 1, 2, 3].map((ms) => after(ms)));
    const set = (place: number, assignment: string) =>
      pool.query(`update job_executions set ${assignment} where id = $1`, [dispatched[place]!.id]);
    await set(1, `status = 'RETRYING'`);
    await set(2, `status = 'RUNNING', claim_token = '${TOKEN}', lease_expires_at = now()`);
    await set(4, `status = 'CANCELLED'`);
    const history = await listHistory(pool, id, { limit: 10, offset: 0 });
    expect(history.items.map((item) => item.status)).toEqual(['CANCELLED', 'RUNNING', 'RETRYING']);
    expect(await countHistory(pool, id, {})).toEqual({ count: 3, isCapped: false });
    const upcoming = await listUpcoming(pool, id, { limit: 2, offset: 0 });
    const waiting = [0, 3, 5].map((place) => dispatched[place]!.id);
    expect(upcoming.items.map((item) => item.id)).toEqual(waiting.slice(0, 2));
    expect(upcoming.hasMore).toBe(true);
    const afterUs = after(1).getTime() * 1_000;
    const next = await listUpcoming(pool, id, { limit: 2, offset: 0, afterUs });
    expect(next.items.map((item) => item.id)).toEqual(waiting.slice(2));
    expect(next.hasMore).toBe(false);
  });

  test('listHistory hides executions that were cancelled ahead of their time unless the caller asks for them', async () => {
    const { id } = await storeJob();
    const dispatched = await dispatch(id, ...[-2, -1, 5, 6].map((seconds) => after(seconds * 1_000)));
    const ids = dispatched.map((execution) => execution.id);
    await pool.query(
      `update job_executions set status = case when execution_time < $1 then 'SUCCESS' else 'CANCELLED' end`,
      [NOON],
    );
    const page = { limit: 10, offset: 0, until: after(1_000) };
    const history = await listHistory(pool, id, page);
    expect(history.items.map((item) => item.id)).toEqual([ids[1], ids[0]]);
    expect(await countHistory(pool, id, page)).toEqual({ count: 2, isCapped: false });
    const cancelled = await listHistory(pool, id, { ...page, status: 'CANCELLED' });
    expect(cancelled.items.map((item) => item.id)).toEqual([ids[3], ids[2]]);
    // They are in the history once their time has come.
    expect((await listHistory(pool, id, { ...page, until: after(7_000) })).items).toHaveLength(4);
  });

  test('listHistory returns every field of an execution', async () => {
    const { id } = await storeJob();
    const [execution] = await dispatch(id, NOON);
    await pool.query(
      `update job_executions set status = 'FAILED', execution_duration = 30, retry_count = 2, error_message = 'no',
              reason = 'TIMED_OUT', started_at = $1, finished_at = $1, lateness_ms = 7, status_code = 500, updated_at = $1`,
      [after(9)],
    );
    const { items } = await listHistory(pool, id, { limit: 1, offset: 0 });
    expect(items).toEqual([
      {
        id: execution!.id,
        jobId: id,
        trigger: 'SCHEDULE',
        originId: null,
        status: 'FAILED',
        executionTime: NOON,
        executionDuration: 30,
        retryCount: 2,
        errorMessage: 'no',
        reason: 'TIMED_OUT',
        skippedFrom: null,
        skippedCount: null,
        dueAt: NOON,
        startedAt: after(9),
        finishedAt: after(9),
        latenessMs: 7,
        statusCode: 500,
        cancelRequestedAt: null,
        createdAt: NOON,
        updatedAt: after(9),
        timeUs: NOON.getTime() * 1_000,
      },
    ]);
  });

  test('listHistory lists and counts the executions of one status', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, ...[0, 1, 2, 3].map((ms) => after(ms)));
    await pool.query(`update job_executions set status = 'SUCCESS' where id <> $1`, [executions[1]!.id]);
    const succeeded = await listHistory(pool, id, { limit: 2, offset: 1, status: 'SUCCESS' });
    expect(succeeded.items.map((item) => item.id)).toEqual([executions[2]!.id, executions[0]!.id]);
    expect(await countHistory(pool, id, { status: 'SUCCESS' })).toEqual({ count: 3, isCapped: false });
    expect(await listHistory(pool, id, { limit: 2, offset: 0, status: 'FAILED' })).toEqual({
      items: [],
      hasMore: false,
    });
  });
});
