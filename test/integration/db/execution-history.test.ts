import { beforeEach, describe, expect, test } from 'vitest';
import { listExecutions } from '../../../lib/db/execution-history.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { after, DAY_MS, dispatch, emptyTables, NOON, pool, storeJob } from './fixture.ts';

beforeEach(emptyTables);

describe('listExecutions', () => {
  test('pages through a job, the latest execution time first, across days', async () => {
    await ensurePartitions(pool, NOON, 1);
    const { id } = await storeJob();
    await dispatch((await storeJob()).id, NOON);
    const executions = await dispatch(id, NOON, after(40 * DAY_MS), after(-DAY_MS), after(DAY_MS), after(1));
    const expected = executions.toSorted((a, b) => b.executionTime.getTime() - a.executionTime.getTime());
    const seen: number[] = [];
    for (const offset of [0, 2, 4, 6]) {
      const { items, total } = await listExecutions(pool, id, { limit: 2, offset });
      expect(total).toBe(5);
      seen.push(...items.map((item) => item.id));
    }
    expect(seen).toEqual(expected.map((execution) => execution.id));
  });

  test('gives every field of an execution', async () => {
    const { id } = await storeJob();
    const [execution] = await dispatch(id, NOON);
    await pool.query(
      `update job_executions set status = 'FAILED', execution_duration = 30, retry_count = 2, error_message = 'no',
              updated_at = $1`,
      [after(9)],
    );
    const { items } = await listExecutions(pool, id, { limit: 1, offset: 0 });
    expect(items).toEqual([
      {
        id: execution!.id,
        jobId: id,
        status: 'FAILED',
        executionTime: NOON,
        executionDuration: 30,
        retryCount: 2,
        errorMessage: 'no',
        createdAt: NOON,
        updatedAt: after(9),
      },
    ]);
  });

  test('gives and counts those of one status', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, ...[0, 1, 2, 3].map((ms) => after(ms)));
    await pool.query(`update job_executions set status = 'SUCCESS' where id <> $1`, [executions[1]!.id]);
    const succeeded = await listExecutions(pool, id, { limit: 2, offset: 1, status: 'SUCCESS' });
    expect(succeeded.items.map((item) => item.id)).toEqual([executions[2]!.id, executions[0]!.id]);
    expect(succeeded.total).toBe(3);
    expect(await listExecutions(pool, id, { limit: 2, offset: 0, status: 'FAILED' })).toEqual({
      items: [],
      total: 0,
    });
  });
});
